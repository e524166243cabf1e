"""Paying an order, whole or not at all, and what it then brings: a resource, more time, another size."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.permissions import Right
from config.errors import DomainError
from config.transactions import atomic
from finance.models import BillLine, Coupon, Order, Resource
from finance.money import ZERO
from finance.months import add_months
from finance.services.caps import count_order
from finance.services.charging import Draft, charge, give_back
from finance.services.drawing import AccountShort
from finance.services.orders import NotPayable, Wanted, locked_order, note_order, refuse_stopped
from finance.services.pricing import CouponUnusable
from finance.services.trusts import Payer, payer_of

Kind, State = Order.Kind, Order.State
CATEGORIES = {
    Kind.NEW: BillLine.Category.NEW,
    Kind.RENEW: BillLine.Category.RENEW,
    Kind.MODIFY: BillLine.Category.MODIFY,
    Kind.REFUND: BillLine.Category.REFUND,
}


class PayerChanged(DomainError):
    """A trusteeship began or ended in between; another payer has another price (A2.9)."""

    code = "payer_changed"
    sentence = _("Who pays for this account has changed since this order was made.")
    hint = _("Cancel it and order again: the price is worked out anew.")


class ResourceChanged(DomainError):
    """The price was for what the resource was then."""

    code = "resource_changed"
    sentence = _("The resource has changed since this order was made, so its price does not fit any more.")
    hint = PayerChanged.hint


class ManagerShort(DomainError):
    """The manager's credit is too small; how much it has is not the member's to know (A2.17)."""

    code = "manager_short"
    rule = "A2.17"
    sentence = _("%(manager)s pays for this account and has not enough credit left for %(amount)s yuan.")
    hint = _("Ask it to pay back credit in use, or to extend its line. Nothing was paid.")


@atomic
def pay_order(*, actor: Actor, order_id: int, now: datetime | None = None) -> Order:
    """The order is paid and what it is for is there; a paid one is answered as it is (A2.4, A2.6).

    Locks the account, the order, the coupon, the resource, the month of a limit (`caps`), then what `charge` locks.
    Raises NotPayable, PayerChanged, ResourceChanged, BuyingStopped, CouponUnusable, AboveCap, AccountShort,
    ManagerShort; then nothing has changed.
    """
    at = now or timezone.now()
    order = locked_order(order_id=order_id)
    require(actor, Right.MOVE_FUNDS, order.owner)
    if order.state in {State.PAID, State.REFUNDED}:
        return order
    if not order.is_payable(at=at):
        raise NotPayable(state=order.state_at(at=at).label)
    payer = payer_of(account=order.owner, at=at)
    if payer.account.pk != order.payer_id:
        raise PayerChanged()
    _spend_coupon(order, at)
    resource = _unchanged(order, at)
    if Wanted(order.kind, order.product, order.quantity, order.months, resource).is_more:
        refuse_stopped(account=order.owner, at=at)
    start, end = _period(order, resource, at)
    bill_order(order=order, payer=payer, start=start, end=end, at=at)
    order.resource = _bring(order, resource, start, end)
    order.pay(at=at, payer=payer.account)
    order.save(update_fields=["state", "paid_at", "payer", "resource"])
    note_order(what="paid", actor=actor, order=order, at=at, instance=order.resource.instance)
    return order


def bill_order(*, order: Order, payer: Payer, start: datetime, end: datetime, at: datetime) -> BillLine:
    """The line of this order, paid or given back; for the services of this app, inside their transaction."""
    price = order.price
    draft = Draft(
        owner=order.owner,
        product=order.product,
        category=CATEGORIES[Kind(order.kind)],
        instance=instance_of(order=order),
        cycle_start=start,
        cycle_end=end,
        quantity=order.quantity,
        gross=Decimal(price["gross"]),
        rate=Decimal(price["rate"]),
        discount=Decimal(price["discount"]),
        coupon=Decimal(price["coupon"]),
        order=order,
        revision=order.pk,
    )
    if payer.trust is not None:
        count_order(trust=payer.trust, amount=draft.payable, at=at)
    if draft.payable < ZERO:
        return give_back(draft=draft, payer=payer.account, key=f"order:{order.pk}", now=at)
    try:
        return charge(draft=draft, payer=payer.account, key=f"order:{order.pk}", now=at, trust=payer.trust)
    except AccountShort as error:
        if payer.trust is None:
            raise
        raise ManagerShort(manager=payer.account.name, amount=error.facts["amount"]) from error


def instance_of(*, order: Order) -> str:
    """What the thing is called that the order is about: a new one is named after it."""
    return order.resource.instance if order.resource is not None else f"{order.product.code}-{order.pk}"


def _spend_coupon(order: Order, at: datetime) -> None:
    """It is gone; of two orders with the same coupon, the first one paid has it."""
    if order.coupon_id is None:
        return
    coupon = Coupon.objects.select_for_update(no_key=True).get(pk=order.coupon_id)
    if coupon.used_at is not None:
        raise CouponUnusable("coupon", _("This coupon was used already."))
    coupon.used_at = at
    coupon.save(update_fields=["used_at"])


def _unchanged(order: Order, at: datetime) -> Resource | None:
    """The resource that the order is about, locked, as it was when the price was worked out."""
    if order.resource_id is None:
        return None
    resource = Resource.objects.select_for_update(no_key=True).get(pk=order.resource_id)
    was, ended = Decimal(order.price["was"]), datetime.fromisoformat(order.price["ends_at"])
    late = resource.state == Resource.State.RELEASED or resource.ends_at <= at
    valued = resource.worthless_since is None or resource.worthless_since < order.created_at
    if late or (resource.quantity, resource.ends_at) != (was, ended) or not valued:
        raise ResourceChanged()
    return resource


def _period(order: Order, resource: Resource | None, at: datetime) -> tuple[datetime, datetime]:
    """The time that the order pays for."""
    if resource is None:
        return at, add_months(at, order.months)
    if order.kind == Kind.RENEW:
        return resource.ends_at, add_months(resource.ends_at, order.months)
    return at, resource.ends_at


def _bring(order: Order, resource: Resource | None, start: datetime, end: datetime) -> Resource:
    if resource is None:
        return Resource.objects.create(
            owner=order.owner,
            product=order.product,
            instance=instance_of(order=order),
            quantity=order.quantity,
            starts_at=start,
            ends_at=end,
        )
    resource.quantity, resource.ends_at = order.quantity, end
    resource.save(update_fields=["quantity", "ends_at"])
    return resource
