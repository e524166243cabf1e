"""Choosing a product and saying how much of it: the way to an order."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import DomainError
from config.paging import paginate
from config.web import page
from finance.breakdown import lines_of, plain, unit_price
from finance.forms.orders import OrderForm, ProductFilter
from finance.models import Order, Product, Resource
from finance.models.product import PayMode
from finance.offers import coupons_for, prices_at
from finance.pricing import Quote, Tier
from finance.services.orders import BuyingStopped, place_order, refuse_stopped
from finance.services.pricing import quote
from finance.services.trusts import payer_of


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What is on sale, with its list price."""
    filters = ProductFilter(request.GET)
    found = Product.objects.filter(active=True, listed=True).select_related("category")
    if words := filters.wanted("q"):
        found = found.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(category__name__icontains=words))
    if mode := filters.wanted("pay_mode"):
        found = found.filter(pay_mode=mode)
    rows = paginate(found, request, order=("name", "id"))
    prices = prices_at(products=list(rows), at=timezone.now())
    context = {
        "filter": filters,
        "page": rows,
        "rows": [(product, _shown(prices.get(product.pk, []))) for product in rows],
        "narrowed": any(filters.wanted(name) for name in ("q", "pay_mode")),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/products/list.html", context, part="_rows.html")


def _shown(tiers: list[Tier]) -> list[dict[str, str]]:
    """From how many units on one costs so much."""
    return [{"above": plain(above) if above else "", "price": unit_price(price)} for above, price in tiers]


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def order(request: ConsoleRequest, pk: int) -> HttpResponse:
    """How much and for how long; then the order stands, to be looked at and paid."""
    product = _sold(pk)
    form = OrderForm(typed(request), coupons=coupons_for(account=request.account, product=product, at=timezone.now()))
    tried = attempt(
        request,
        form,
        lambda: place_order(
            actor=request.actor, account=request.account, product_id=pk, **{"coupon_id": None, **_asked(form)}
        ),
    )
    if tried.result is not None:
        return redirect("finance:order-detail", tried.result.pk)
    context = {"form": form, "product": product, **seen_price(request, product, Order.Kind.NEW, form)}
    return page(request, "finance/products/order.html", context, status=tried.status)


@require_safe
@needs(Right.MOVE_FUNDS)
def show_quote(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The price of what stands in the form."""
    product = _sold(pk)
    form = OrderForm(request.GET, coupons=coupons_for(account=request.account, product=product, at=timezone.now()))
    context = seen_price(request, product, Order.Kind.NEW, form)
    return page(request, "finance/products/_quote.html", context, part="_quote.html")


def seen_price(
    request: ConsoleRequest, product: Product, kind: str, form: OrderForm, resource: Resource | None = None
) -> dict[str, Any]:
    """What the panel of the price shows: its lines, or why there is none."""
    values, now = _values(form), timezone.now()
    coupons = coupons_for(account=request.account, product=product, at=now)
    coupon = next((one for one in coupons if one.pk == values.get("coupon")), None)
    payer = payer_of(account=request.account, at=now)

    def price() -> Quote:
        if kind == Order.Kind.NEW:
            refuse_stopped(account=request.account, at=now)
        return quote(
            owner=request.account,
            product=product,
            kind=kind,
            quantity=Decimal(values.get("quantity") or (resource.quantity if resource else 0)),
            months=values.get("months") or 0,
            coupon=coupon,
            resource=resource,
            at=now,
        )

    found, problem = _or_why(price)
    return {
        "quote": found,
        "lines": lines_of(found.as_json(), unit=product.unit) if found else [],
        "problem": problem,
        "payer": payer,
        "stopped": isinstance(problem, BuyingStopped),
    }


def _or_why(price: Callable[[], Quote]) -> tuple[Quote | None, DomainError | None]:
    try:
        return price(), None
    except DomainError as error:
        return None, error


def _values(form: OrderForm) -> dict[str, Any]:
    """What was typed as far as it makes sense; what the form begins with where nothing was."""
    if not form.is_bound:
        return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items() if name != "key"}
    form.is_valid()
    return dict(form.cleaned_data)


def _asked(form: OrderForm) -> dict[str, Any]:
    """What the services take."""
    values = dict(form.cleaned_data)
    if "quantity" in values:
        values["quantity"] = Decimal(values["quantity"])
    values["coupon_id"] = values.pop("coupon", None)
    return values


def _sold(pk: int) -> Product:
    rows = Product.objects.select_related("category")
    return get_object_or_404(rows, pk=pk, active=True, listed=True, pay_mode=PayMode.PREPAID)
