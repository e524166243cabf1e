"""Online users: who is in, for how long idle, logged off by an administrator (S12)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, NotAllowed, NotFound
from config.web import page
from kiscloud import policy
from kiscloud.services import seats, waits
from kiscloud.services.online import houses
from kiscloud.services.peaks import picture_of
from kiscloud.views.doors import company_of, frame, subscription_of

TAB = "online"


@require_safe
def company(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Everybody who is in a product of the company, product by product."""
    found = company_of(request, pk)
    products = found.subscriptions.listed().filter(expires_at__isnull=False).order_by("pk")
    context = {**frame(found, here=TAB), "houses": houses(products=list(products))}
    return page(request, "kiscloud/seats/company.html", context, part="_houses.html")


@require_safe
def product(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One product, with who waits and how full it was in the last four weeks."""
    found = subscription_of(request, pk)
    [house] = houses(products=[found])
    context = {
        **frame(found.company, here=TAB),
        "house": house,
        "picture": picture_of(product=found),
        "days": policy.PEAK_DAYS,
    }
    return page(request, "kiscloud/seats/product.html", context, part="_house.html")


@require_POST
def log_off(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The user leaves: in 60 seconds from a set, at once from the inventory app."""
    seat = seats.log_off(actor=request.actor, seat_id=pk)
    if seat.ended_at is None:
        said = _("%(person)s sees a countdown of %(seconds)s seconds; then the seat is free.")
    else:
        said = _("%(person)s was logged off.")
    seconds = int(policy.COUNTDOWN.total_seconds())
    messages.success(request, said % {"person": seat.user, "seconds": seconds})
    return redirect("kiscloud:product-online", seat.subscription_id)


@require_POST
def ask(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The user reads that somebody else would like to have the seat, and decides."""
    product_id = seats.product_of(seat_id=pk)
    subscription_of(request, product_id)
    ask_and_tell(request, pk)
    return redirect("kiscloud:product-online", product_id)


def ask_and_tell(request: ConsoleRequest, seat_id: int) -> None:
    """Whoever has the seat is asked for it; who asks reads that, or why not now."""
    try:
        seat = waits.ask_to_leave(actor=request.actor, seat_id=seat_id)
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.warning(request, f"{refusal} {refusal.hint}")
    else:
        messages.success(request, _("%(person)s was asked to leave.") % {"person": seat.user})
