"""Orders: the account's own and those it pays for, one of them, paying and cancelling it; those of a member."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import rights_of
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Relationship
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.errors import DomainError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from finance.breakdown import lines_of
from finance.cycles import month_start
from finance.forms.orders import OrderFilter
from finance.models import Order
from finance.models.order import OrderQuerySet
from finance.money import ZERO
from finance.months import DAY
from finance.services.ledger import funds_of
from finance.services.order_payments import pay_order
from finance.services.orders import cancel_order
from finance.services.trusts import payer_of


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Own orders, and those of members that count on this account (A2.6)."""
    return _list(request, Order.objects.visible_to(request.account), "finance/orders/list.html", {})


@require_safe
@needs(Right.SEE_FINANCE)
def of_member(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The orders of a member that shows them; it sees in its log that somebody looked (K1.2)."""
    relationship = managed(request.account, pk, Point.VIEW_ORDERS)
    note_look(actor=request.actor, relationship=relationship, page="orders", point=Point.VIEW_ORDERS)
    own = Order.objects.filter(owner=relationship.member)
    return _list(request, own, "finance/orders/of_member.html", {"relationship": relationship})


def _list(request: ConsoleRequest, found: OrderQuerySet, template: str, more: dict[str, object]) -> HttpResponse:
    filters, now = OrderFilter(request.GET), timezone.now()
    rows = paginate(narrowed(found, filters).select_related("product", "owner", "payer"), request, order=("-id",))
    context = {
        "filter": filters,
        "page": rows,
        "rows": [(order, order.state_at(at=now)) for order in rows],
        "narrowed": filters.narrows,
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
        **more,
    }
    return page(request, template, context, part="_rows.html")


def narrowed(found: OrderQuerySet, filters: OrderFilter) -> OrderQuerySet:
    """The orders that fit the filter."""
    asked = filters.asked
    if words := asked.get("q"):
        named = Q(product__name__icontains=words) | Q(owner__name__icontains=words)
        found = found.filter(named | Q(resource__instance=words))
    if kind := asked.get("kind"):
        found = found.filter(kind=kind)
    if state := asked.get("state"):
        overdue = Order.objects.overdue()
        found = found.filter(state=state) if state != "cancelled" else found.filter(Q(state=state) | Q(pk__in=overdue))
        if state == Order.State.PENDING:
            found = found.exclude(pk__in=overdue)
    if since := asked.get("since"):
        found = found.filter(created_at__gte=month_start(since))
    if until := asked.get("until"):
        found = found.filter(created_at__lt=month_start(until) + DAY)
    return found


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One order with its price, step by step: to be paid, or what became of it."""
    order, now = seen(request, pk), timezone.now()
    own = order.owner_id == request.account.pk
    payable = own and order.is_payable(at=now)
    may = Right.MOVE_FUNDS in rights_of(request.actor, request.account)
    payer = payer_of(account=order.owner, at=now)
    context = {
        "order": order,
        "own": own,
        "state": order.state_at(at=now),
        "lines": lines_of(order.price, unit=order.product.unit),
        "parts": _paid_with(order),
        "payable": payable and may,
        "payer": payer,
        "funds": funds_of(account=request.account) if payable and payer.trust is None else None,
        "returnable": own and may and _returnable(order),
        "can_move": may,
    }
    return page(request, "finance/orders/detail.html", context)


@require_POST
@needs(Right.MOVE_FUNDS)
def pay(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Whole or not at all."""
    order = seen(request, pk)
    return _do(request, pk, lambda: pay_order(actor=request.actor, order_id=order.pk), "")


@require_POST
@needs(Right.MOVE_FUNDS)
def cancel(request: ConsoleRequest, pk: int) -> HttpResponse:
    """It is not going to be paid."""
    order = seen(request, pk)
    done = _("The order has been cancelled.")
    return _do(request, pk, lambda: cancel_order(actor=request.actor, order_id=order.pk), done)


def _do(request: ConsoleRequest, pk: int, act: Callable[[], Order], done: str) -> HttpResponse:
    try:
        act()
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        if done:
            messages.success(request, done)
    return redirect("finance:order-detail", pk)


def seen(request: ConsoleRequest, pk: int) -> Order:
    """An order that the account made or pays for, or of a member that shows its orders; 404 otherwise."""
    rows = Order.objects.select_related("owner", "payer", "product__category", "resource", "refunds", "created_by")
    order = rows.filter(pk=pk).first()
    if order is None:
        raise NotFound()
    if request.account.pk in {order.owner_id, order.payer_id}:
        return order
    links = Relationship.objects.in_force().filter(manager=request.account, member=order.owner)
    relationship = next((one for one in links.select_related("member") if one.grants(Point.VIEW_ORDERS)), None)
    if relationship is None:
        raise NotFound()
    note_look(actor=request.actor, relationship=relationship, page="orders", point=Point.VIEW_ORDERS)
    return order


def _paid_with(order: Order) -> list[tuple[str, object]]:
    """How it was paid, or to where money went back."""
    line = order.lines.first()
    if line is None:
        return []
    parts = [
        (_("Vouchers"), line.voucher),
        (_("Cash"), line.cash),
        (_("Credit"), line.credit),
        (_("Unpaid bills"), line.outstanding),
    ]
    return [(label, amount) for label, amount in parts if amount != ZERO]


def _returnable(order: Order) -> bool:
    found = order.resource
    running = found is not None and found.state != "released" and found.ends_at > timezone.now()
    return running and order.state == Order.State.PAID and order.kind != Order.Kind.REFUND
