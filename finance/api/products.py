"""What is on sale, and what it costs this account."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from accounts.models import Account
from config.api.view import checked
from config.errors import InputError
from finance.api.base import BillsView
from finance.api.order_inputs import WantedIn
from finance.breakdown import lines_of
from finance.models import Coupon, Order, Product
from finance.offers import prices_at
from finance.order_serializers import PriceOut, ProductOut
from finance.services.orders import running_resource
from finance.services.pricing import quote, sold_ahead

TAGS = ["orders"]


@extend_schema_view(
    get=extend_schema(
        operation_id="products_list",
        tags=TAGS,
        summary=_("List products"),
        description=_("On sale now, with list prices; what it costs this account says a quote."),
        parameters=[Query],
        responses=envelope(ProductOut),
    )
)
class Products(BillsView):
    """The catalogue."""

    def get(self, request: Request) -> Response:
        """One page, by id."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Product.objects.filter(active=True, listed=True).select_related("category")
        return self.listing(rows, ProductOut, limit=query["limit"], order=("id",), prepare=_priced)


@extend_schema_view(
    get=extend_schema(
        operation_id="quotes_read",
        tags=TAGS,
        summary=_("Ask for a price"),
        description=_("What an order would cost now, step by step. Nothing is ordered."),
        parameters=[WantedIn],
        responses=PriceOut,
    )
)
class Quotes(BillsView):
    """A price."""

    def get(self, request: Request) -> Response:
        """The price of this moment."""
        asked = checked(WantedIn(data=request.query_params.dict()))
        at = timezone.now()
        if asked["kind"] == Order.Kind.NEW:
            resource, product = None, product_of(asked["product"])
            sold_ahead(product=product)
        else:
            resource = running_resource(account=self.account, resource_id=asked["resource"], at=at)
            product = resource.product
        price = quote(
            owner=self.account,
            product=product,
            kind=asked["kind"],
            quantity=Decimal(asked["quantity"])
            if "quantity" in asked
            else resource.quantity
            if resource
            else Decimal(0),
            months=asked.get("months", 0),
            coupon=coupon_of(self.account, asked["coupon"]),
            resource=resource,
            at=at,
        )
        shown: dict[str, Any] = {"list_amount": price.list_amount, "discount": price.discount, "coupon": price.coupon}
        shown |= {"payable": price.payable, "steps": lines_of(price.as_json(), unit=product.unit)}
        return Response(PriceOut(shown).data)


def product_of(code: str) -> Product:
    """The product with this code, or InputError."""
    if (found := Product.objects.select_related("category").filter(code=code).first()) is None:
        raise InputError("product", _("There is no product with this code."))
    return found


def coupon_of(account: Account, pk: int | None) -> Coupon | None:
    """One of the account's coupons, or none, or InputError."""
    if pk is None:
        return None
    if (found := Coupon.objects.filter(account=account, pk=pk).first()) is None:
        raise InputError("coupon", _("Choose one of your coupons, or none."))
    return found


def _priced(products: list[Product]) -> list[dict[str, Any]]:
    prices = prices_at(products=products, at=timezone.now())
    names = ("code", "name", "category", "pay_mode", "cycle", "unit")
    return [
        {name: getattr(product, name) for name in names}
        | {"tiers": [{"above": above, "unit_price": each} for above, each in prices.get(product.pk, [])]}
        for product in products
    ]
