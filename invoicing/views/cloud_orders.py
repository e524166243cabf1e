"""Orders of the invoice cloud: how far each is, and who gets its letters."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import NotFound
from config.paging import paginate
from config.web import page
from invoicing.entitlement_reports import rows_of
from invoicing.forms.cloud_orders import CloudOrderFilter, ContactForm
from invoicing.models import CloudOrder, Entitlement, Taxpayer
from invoicing.services.cloud_orders import choose_contact
from invoicing.services.entitlements import period_of, room_of

State = CloudOrder.State
STEPS = (_lazy("Delivery"), _lazy("Activation"), _lazy("Assignment"), _lazy("All in use"))
PLACE = {State.PAID: 1, State.DELIVERED: 2, State.ACTIVATED: 3}


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """All of them, the newest first."""
    filters = CloudOrderFilter(request.GET)
    found = CloudOrder.objects.filter(account=request.account).select_related("package__product", "tenant")
    if state := filters.wanted("state"):
        found = found.filter(state=state)
    context = {
        "filter": filters,
        "page": paginate(found, request, order=("-id",)),
        "narrowed": filters.narrows,
        "can_order": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/cloud_orders/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Where it stands, what is to do, and which tax numbers have it (I4.3)."""
    order, now = own_order(request, pk), timezone.now()
    held = Entitlement.objects.filter(order=order).select_related("taxpayer").order_by("-pk")
    room = room_of(order=order)
    context = {
        "order": order,
        "steps": STEPS,
        "place": _place(order, room.assigned),
        "room": room,
        "period": period_of(order=order),
        "rows": rows_of(held[:200], now),
        "enterprises": Taxpayer.objects.bound().filter(tenant=order.tenant).exists() if order.tenant_id else False,
        "can_act": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/cloud_orders/detail.html", context)


def _place(order: CloudOrder, assigned: int) -> int:
    """The number of the step that it is at; one beyond the last when everything is done."""
    if order.state == State.ACTIVATED and assigned:
        return 5 if assigned >= order.tax_numbers else 4
    return PLACE.get(State(order.state), 0)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def contact(request: ConsoleRequest, pk: int) -> HttpResponse:
    """To whom its letters go."""
    order = own_order(request, pk)
    form = ContactForm(typed(request), initial={"email": order.email})
    asked: dict[str, Any] = {"actor": request.actor, "account": request.account, "order_id": pk}
    tried = attempt(request, form, lambda: choose_contact(**asked, **form.cleaned_data))
    if tried.result is not None:
        sent = order.state == State.PAID and tried.result.state == State.DELIVERED
        done = (
            _("The activation letter is on its way.") if sent else _("Letters about this order go there from now on.")
        )
        messages.success(request, done)
        return redirect("invoicing:cloud-order-detail", pk)
    return page(request, "invoicing/cloud_orders/contact.html", {"form": form, "order": order}, status=tried.status)


def own_order(request: ConsoleRequest, pk: int) -> CloudOrder:
    """One of the account's orders, or 404."""
    rows = CloudOrder.objects.select_related("package__product", "tenant", "order", "account__enterprise")
    if (order := rows.filter(account=request.account, pk=pk).first()) is None:
        raise NotFound()
    return order
