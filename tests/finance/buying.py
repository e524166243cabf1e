"""Short ways to orders, coupons, vouchers, discounts and trusteeships."""

from datetime import UTC, datetime, timedelta
from typing import Any

from finance.models import Coupon, Discount, Inheritance, Order, Product, Promotion, Trust, Voucher
from finance.services.order_payments import pay_order
from finance.services.orders import modify_resource, place_order, renew_resource
from finance.services.pricing import quote
from finance.services.returns import refund_order
from tests.factories import make_account, make_relationship
from tests.finance.bills import LONG_AGO, make_product
from tests.finance.funds import D, fresh_key, mover

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)  # noon in Shanghai
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FAR = datetime(2030, 1, 1, tzinfo=UTC)


def prepaid(price: str = "100", **more) -> Product:
    """Bought by the month."""
    return make_product(price=price, pay_mode="prepaid", cycle="month", **more)


def make_pair():
    """A manager and a member of one enterprise, linked."""
    manager = make_account()
    return make_relationship(manager, make_account(enterprise=manager.enterprise))


def trust(pair, since=NOON - DAY, **more) -> Trust:
    """The manager pays from then on."""
    fields: dict[str, Any] = {"state": "agreed", "starts_at": since, "expires_at": since} | more
    return Trust.objects.create(relationship=pair, manager=pair.manager, member=pair.member, **fields)


def inherit(pair, since=LONG_AGO, until=None) -> Inheritance:
    return Inheritance.objects.create(
        relationship=pair, manager=pair.manager, member=pair.member, starts_at=since, ends_at=until
    )


def discount(account, rate: str, **more) -> Discount:
    return Discount.objects.create(**{"account": account, "rate": D(rate), "valid_from": LONG_AGO} | more)


def promotion(rate: str, **more) -> Promotion:
    fields: dict[str, Any] = {"name": "三月特惠", "rate": D(rate), "valid_from": LONG_AGO, "valid_until": FAR}
    return Promotion.objects.create(**fields | more)


def coupon(account, **more) -> Coupon:
    fields: dict[str, Any] = {"account": account, "valid_from": LONG_AGO, "valid_until": FAR}
    if "rate" not in more:
        fields["off"] = D("20.00")
    return Coupon.objects.create(**fields | more)


def voucher(account, face: str, **more) -> Voucher:
    fields: dict[str, Any] = {
        "account": account,
        "face": D(face),
        "balance": D(face),
        "valid_from": LONG_AGO,
        "valid_until": FAR,
    }
    return Voucher.objects.create(**fields | more)


def price_of(owner, product: Product, quantity: str = "1", months: int = 1, at=NOON, **more):
    kind = more.pop("kind", Order.Kind.NEW)
    return quote(owner=owner, product=product, kind=kind, quantity=D(quantity), months=months, at=at, **more)


def order(account, product: Product | None = None, quantity: str = "1", months: int = 1, at=NOON, **more) -> Order:
    """Placed, not paid."""
    fields: dict[str, Any] = {
        "actor": mover(account),
        "key": fresh_key(),
        "product_id": (product or prepaid()).pk,
    } | more
    return place_order(account=account, quantity=D(quantity), months=months, now=at, **fields)


def pay(order: Order, at=None) -> Order:
    return pay_order(actor=mover(order.owner), order_id=order.pk, now=at or order.created_at + MINUTE)


def buy(account, product: Product | None = None, quantity: str = "1", months: int = 1, at=NOON, **more) -> Order:
    """Placed and paid at that moment."""
    return pay(order(account, product, quantity, months, at, **more), at=at)


def renew(resource, months: int = 1, at=NOON, **more) -> Order:
    fields: dict[str, Any] = {"actor": mover(resource.owner), "key": fresh_key()} | more
    return renew_resource(account=resource.owner, resource_id=resource.pk, months=months, now=at, **fields)


def resize(resource, quantity: str, at=NOON, **more) -> Order:
    fields: dict[str, Any] = {"actor": mover(resource.owner), "key": fresh_key()} | more
    return modify_resource(account=resource.owner, resource_id=resource.pk, quantity=D(quantity), now=at, **fields)


def give_back(order: Order, at=NOON, **more) -> Order:
    fields: dict[str, Any] = {"actor": mover(order.owner), "key": fresh_key()} | more
    return refund_order(order_id=order.pk, now=at, **fields)
