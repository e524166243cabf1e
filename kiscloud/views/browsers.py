"""The seat of this browser: how it stands, taken again, left (S8.4–S8.8, S12)."""

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.web import own_address
from kiscloud.models import AccountSet, Seat, Subscription
from kiscloud.services.browsers import come_in, leave_seat, told_of, watch_seat
from kiscloud.services.online import houses
from kiscloud.services.waits import wait_for_seat
from kiscloud.views.seats import ask_and_tell
from kiscloud.web_seats import browser, installation_of, seat_address

PART = "kiscloud/seats/_here.html"
STOP_POLLING = 286  # understood by htmx


@never_cache
@require_http_methods(["GET", "POST"])
def in_set(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The notice that an open page of a set renews; or the seat taken again, left, asked for."""
    account_set = _sets(request).filter(pk=pk).first()
    if account_set is None:
        return _over(request, Seat.objects.filter(account_set=pk))
    return _here(request, account_set.subscription, account_set)


@never_cache
@require_http_methods(["GET", "POST"])
def in_inventory(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The same in the inventory app of a product, for whoever has one of its sets."""
    account_set = _sets(request).filter(subscription=pk).first()
    if account_set is None:
        return _over(request, Seat.objects.filter(subscription=pk, account_set=None))
    return _here(request, account_set.subscription, None)


def _over(request: ConsoleRequest, seats: "models.QuerySet[Seat]") -> HttpResponse:
    """The last notice of a page whose set was deleted or closed to the person, which had a seat there; it asks no more.

    Everybody else finds nothing.
    """
    own = seats.filter(user=request.user, device__installation=installation_of(request))
    if request.method != "GET" or not own.exists():
        raise NotFound()
    return render(request, PART, {"gone": True}, status=STOP_POLLING)


def _sets(request: ConsoleRequest) -> "models.QuerySet[AccountSet]":
    return AccountSet.objects.seen_by(request.user).select_related("subscription__company")


def _here(request: ConsoleRequest, product: Subscription, account_set: AccountSet | None) -> HttpResponse:
    if request.method == "POST":
        return _act(request, product, account_set)
    if request.GET.get("waiting"):
        return _waiting(request, product, account_set)
    standing = watch_seat(device=browser(request), product=product, account_set=account_set)
    context = {
        "standing": standing,
        "told": told_of(end=standing.end),
        "address": seat_address(product=product, account_set=account_set),
    }
    return render(request, PART, context)


def _waiting(request: ConsoleRequest, product: Subscription, account_set: AccountSet | None) -> HttpResponse:
    place = wait_for_seat(actor=request.actor, product_id=product.pk, account_set=account_set)
    if place.free:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "kiscloud/seats/_waiting.html", {"place": place})


def _act(request: ConsoleRequest, product: Subscription, account_set: AccountSet | None) -> HttpResponse:
    act, target = request.POST.get("act", ""), own_address(request, request.POST.get("next", ""))
    if act == "enter":
        come_in(actor=request.actor, device=browser(request), product=product, account_set=account_set)
    elif act == "leave":
        leave_seat(actor=request.actor, device=browser(request), product=product, account_set=account_set)
        messages.success(request, _("You have left; the seat is free for somebody else."))
        target = ""
    elif act == "ask":
        _ask(request, product)
    return redirect(target or "accounts:workbench")


def _ask(request: ConsoleRequest, product: Subscription) -> None:
    """Whoever has done nothing for the longest time reads that somebody waits."""
    [house] = houses(products=[product])
    if house.longest_idle is not None:
        ask_and_tell(request, house.longest_idle.seat.pk)
