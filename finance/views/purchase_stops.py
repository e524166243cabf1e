"""Stops of purchases: what waits for a decision, what is in force, what was."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.forms.limits import StopForm
from finance.models import PurchaseStop
from finance.services.purchase_stops import allow_purchases, approve_stop, decline_stop, lift_stop, stop_purchases
from finance.views.limit_tabs import limit_tabs

WAITING_SHOWN = 50
ACTS: dict[str, tuple[Callable[..., PurchaseStop], object]] = {
    "approve": (approve_stop, gettext_lazy("New purchases are stopped.")),
    "decline": (decline_stop, gettext_lazy("Buying goes on.")),
    "lift": (lift_stop, gettext_lazy("New purchases are possible again.")),
}


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Those that wait first, then all, newest first."""
    stops = PurchaseStop.objects.visible_to(request.account).select_related("relationship__member", "budget")
    rows = paginate(stops, request, order=("-id",))
    context = {
        "page": rows,
        "waiting": list(stops.waiting(at=timezone.now()).order_by("pk")[:WAITING_SHOWN]),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
        "tabs": limit_tabs(request),
    }
    return page(request, "finance/stops/list.html", context, part="_rows.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def create(request: ConsoleRequest, pk: int) -> HttpResponse:
    """By hand, from the member's page: what follows, and why."""
    relationship = managed(request.account, pk)
    form = StopForm(typed(request))
    tried = attempt(request, form, lambda: stop_purchases(actor=request.actor, relationship_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("New purchases of this account are stopped."))
        return redirect("finance:member-detail", pk)
    return page(request, "finance/stops/create.html", {"form": form, "relationship": relationship}, status=tried.status)


@require_POST
@needs(Right.MOVE_FUNDS)
def allow(request: ConsoleRequest, pk: int) -> HttpResponse:
    """From the member's page: it may buy again."""
    allow_purchases(actor=request.actor, relationship_id=managed(request.account, pk).pk)
    messages.success(request, _("New purchases of this account are possible again."))
    return redirect("finance:member-detail", pk)


@require_POST
@needs(Right.MOVE_FUNDS)
def decide(request: ConsoleRequest, pk: int, act: str) -> HttpResponse:
    """Approved, declined or lifted."""
    service, done = ACTS[act]
    service(actor=request.actor, stop_id=pk)
    messages.success(request, str(done))
    return redirect("finance:stop-list")
