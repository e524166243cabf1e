"""What was bought ahead: how long it runs, renewing, changing and giving it back."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import DomainError, NotFound
from config.paging import paginate
from config.web import page
from finance.breakdown import lines_of
from finance.forms.orders import OrderForm, ResourceFilter
from finance.forms.returns import ReturnForm
from finance.models import Order, Resource
from finance.months import DAY
from finance.offers import coupons_for
from finance.services.orders import modify_resource, renew_resource, running_resource
from finance.services.returns import refund_order, what_comes_back
from finance.services.trusts import payer_of
from finance.views.products import seen_price

Kind = Order.Kind
SOON = 7 * DAY
ASKS = {Kind.RENEW: ("months",), Kind.MODIFY: ("quantity",)}


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """All of them, the newest first, with what can be done."""
    filters, now = ResourceFilter(request.GET), timezone.now()
    found = Resource.objects.filter(owner=request.account).select_related("product")
    if words := filters.wanted("q"):
        found = found.filter(Q(instance__icontains=words) | Q(product__name__icontains=words))
    if state := filters.wanted("state"):
        found = found.filter(state=state)
    rows = paginate(found, request, order=("-id",))
    context = {
        "filter": filters,
        "page": rows,
        "rows": [(one, one.ends_at > now and one.state != Resource.State.RELEASED) for one in rows],
        "narrowed": any(filters.wanted(name) for name in ("q", "state")),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
        "soon": now + SOON,
    }
    return page(request, "finance/resources/list.html", context, part="_rows.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def renew(request: ConsoleRequest, pk: int) -> HttpResponse:
    """For how long more."""
    return _order(request, pk, Kind.RENEW)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def change(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Bigger or smaller."""
    return _order(request, pk, Kind.MODIFY)


def _order(request: ConsoleRequest, pk: int, kind: Kind) -> HttpResponse:
    resource = _running(request, pk)
    form = _form(request, resource, kind, typed(request))
    act = renew_resource if kind == Kind.RENEW else modify_resource

    def place() -> Order:
        values: dict[str, Any] = dict(form.cleaned_data)
        if "quantity" in values:
            values["quantity"] = Decimal(values["quantity"])
        coupon = values.pop("coupon", None)
        return act(actor=request.actor, account=request.account, resource_id=pk, coupon_id=coupon, **values)

    tried = attempt(request, form, place)
    if tried.result is not None:
        return redirect("finance:order-detail", tried.result.pk)
    context = {
        "form": form,
        "resource": resource,
        "renewing": kind == Kind.RENEW,
        "quote_url": reverse(f"finance:resource-{'renew' if kind == Kind.RENEW else 'change'}-quote", args=[pk]),
        **seen_price(request, resource.product, kind, form, resource),
    }
    return page(request, "finance/resources/order.html", context, status=tried.status)


@require_safe
@needs(Right.MOVE_FUNDS)
def show_quote(request: ConsoleRequest, pk: int, kind: str) -> HttpResponse:
    """The price of what stands in the form."""
    resource = _running(request, pk)
    form = _form(request, resource, Kind(kind), request.GET)
    context = {"resource": resource, **seen_price(request, resource.product, kind, form, resource)}
    return page(request, "finance/products/_quote.html", context, part="_quote.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def give_back(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What comes back, then it is released."""
    resource = _running(request, pk)
    order = Order.objects.filter(resource=resource, state=Order.State.PAID).exclude(kind=Kind.REFUND).first()
    if order is None:
        raise NotFound()
    try:
        price = what_comes_back(resource=resource, at=timezone.now())
    except DomainError as error:
        return page(request, "finance/resources/return.html", {"resource": resource, "problem": error}, status=409)
    form = ReturnForm(typed(request))
    tried = attempt(
        request, form, lambda: refund_order(actor=request.actor, order_id=order.pk, key=form.cleaned_data["key"])
    )
    if tried.result is not None:
        return redirect("finance:order-detail", tried.result.pk)
    context = {
        "form": form,
        "resource": resource,
        "price": price,
        "lines": lines_of(price.as_json(), unit=resource.product.unit),
        "payer": payer_of(account=request.account, at=timezone.now()),
        "consequences": [
            _("%(instance)s stops at once and cannot be taken back.") % {"instance": resource.instance},
            _("Money pays unpaid bills and credit in use first; the rest is cash again, a manager's where it paid."),
            _("What was paid by voucher, and coupons, do not come back."),
        ],
    }
    return page(request, "finance/resources/return.html", context, status=tried.status)


def _running(request: ConsoleRequest, pk: int) -> Resource:
    return running_resource(account=request.account, resource_id=pk, at=timezone.now())


def _form(request: ConsoleRequest, resource: Resource, kind: Kind, data: Any) -> OrderForm:
    coupons = coupons_for(account=request.account, product=resource.product, at=timezone.now())
    first = {"quantity": int(resource.quantity) + 1} if kind == Kind.MODIFY else {}
    return OrderForm(data, coupons=coupons, asks=ASKS[kind], initial=first)
