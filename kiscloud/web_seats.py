"""Seats of those who work in the browser: in a set's books, or in the inventory app (S8.4–S8.8, S12).

if (outside := seated(request, account_set)) is not None:
    return outside
"""

from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.http import ConsoleRequest
from accounts.models import User
from config.errors import DomainError
from config.web import page
from kiscloud.models import AccountSet, Device, Subscription
from kiscloud.services.browsers import SeatEnded, browser_of, keep_seat
from kiscloud.services.demo_sets import is_demo
from kiscloud.services.seat_refusals import OthersFirst, SeatsTaken
from kiscloud.services.seats import leave_all
from kiscloud.services.waits import wait_for_seat

OUTSIDE: Final = "kiscloud/seats/outside.html"
SYSTEMS: Final = ("iPhone", "iPad", "Android", "Windows", "Mac", "Linux")  # Android's browsers say Linux, too


def register() -> None:
    """Whoever logs out leaves every set at once."""
    user_logged_out.connect(_leave, dispatch_uid="kiscloud.web_seats")


def seated(request: ConsoleRequest, account_set: AccountSet, *, inventory: bool = False) -> HttpResponse | None:
    """None where the person is in, on a seat of this browser; else the page that says why not, and what to do.

    The inventory app has seats of its own, of the product (S12.1). Who finds none stands in the queue. Demo sets are
    open to everybody (S3.4).
    """
    if is_demo(account_set=account_set):
        return None
    product, of_set = account_set.subscription, None if inventory else account_set
    try:
        keep_seat(actor=request.actor, device=browser(request), product=product, account_set=of_set)
    except (SeatsTaken, OthersFirst, SeatEnded) as refusal:
        return _outside(request, product, of_set, refusal)
    return None


def watch_address(account_set: AccountSet, *, inventory: bool = False) -> str:
    """For the frame of a page, which asks there how its seat stands; nothing in a demo set."""
    if is_demo(account_set=account_set):
        return ""
    return seat_address(product=account_set.subscription, account_set=None if inventory else account_set)


def browser(request: ConsoleRequest) -> Device:
    """This browser as a device, known by its session."""
    installation = installation_of(request)
    agent = request.headers.get("User-Agent", "")
    return browser_of(user=request.user, installation=installation, name=f"Web {system_of(agent)}".strip())


def installation_of(request: HttpRequest) -> str:
    """The same for every page of a log-in, also of two that open at once; nothing can be guessed from it."""
    return f"web-{salted_hmac('kiscloud.web_seats', str(request.session.session_key)).hexdigest()[:32]}"


def system_of(agent: str) -> str:
    """What the browser runs on, as people call it."""
    return next((f"({name})" for name in SYSTEMS if name in agent), "")


def seat_address(*, product: Subscription, account_set: AccountSet | None) -> str:
    """Where a page asks how its seat stands, and where it is taken again or left."""
    if account_set is not None:
        return reverse("kiscloud:seat-in-set", args=[account_set.pk])
    return reverse("kiscloud:seat-in-inventory", args=[product.pk])


def _outside(
    request: ConsoleRequest, product: Subscription, account_set: AccountSet | None, refusal: DomainError
) -> HttpResponse:
    if request.htmx and not request.htmx.boosted:  # a part of a page that is still open
        return HttpResponse(headers={"HX-Refresh": "true"})
    place = None
    if not isinstance(refusal, SeatEnded):
        place = wait_for_seat(actor=request.actor, product_id=product.pk, account_set=account_set)
    context = {
        "refusal": refusal,
        "place": place,
        "product": product,
        "account_set": account_set,
        "address": seat_address(product=product, account_set=account_set),
        "next": request.get_full_path() if request.method == "GET" else "",
    }
    return page(request, OUTSIDE, context, status=refusal.status)


def _leave(sender: type[AbstractBaseUser], request: HttpRequest | None, user: Any, **_more: Any) -> None:  # noqa: ARG001
    if request is None or not isinstance(user, User):
        return
    for device in Device.objects.filter(user=user, installation=installation_of(request)):
        leave_all(device=device)
