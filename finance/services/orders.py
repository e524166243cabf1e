"""Orders for what is paid ahead: made at a fixed price, paid whole in time, or cancelled (A2.4, A2.22).

Paying stands in `finance.services.order_payments`, giving back in `returns`, another price in `repricing`.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, Door, require, require_staff
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.models import Coupon, Order, Product, Resource
from finance.pricing import Quote
from finance.services.ledger import KeyReused
from finance.services.pricing import quote, sold_ahead
from finance.services.purchase_stops import stops_on
from finance.services.top_ups import kept_key
from finance.services.trusts import payer_of

PERMISSION = "finance.change_order"
Kind, State = Order.Kind, Order.State


class BuyingStopped(DomainError):
    """A manager has switched off new purchases."""

    code = "buying_stopped"
    sentence = _("%(manager)s has stopped new purchases of this account. Its reason: %(reason)s")
    hint = _(
        "What runs goes on, and can be renewed, made smaller or given back. Ask the manager to allow purchases again."
    )


class NotPayable(DomainError):
    """It is over."""

    code = "order_over"
    sentence = _("This order is “%(state)s”, so it cannot be changed or paid any more.")
    hint = _("Order again: the price is worked out anew.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody orders; the same again under the same key is the same order."""

    kind: str
    product: Product
    quantity: Decimal
    months: int = 0
    resource: Resource | None = None
    coupon_id: int | None = None

    @property
    def is_more(self) -> bool:
        """Bought in addition, which a manager may have stopped; what runs can be renewed and made smaller."""
        if self.kind == Kind.MODIFY and self.resource is not None:
            return self.quantity > self.resource.quantity
        return self.kind == Kind.NEW


@atomic
def place_order(
    *,
    actor: Actor,
    account: Account,
    product_id: int,
    quantity: Decimal,
    months: int,
    key: str,
    coupon_id: int | None = None,
    now: datetime | None = None,
) -> Order:
    """Something new is ordered and waits to be paid at this price; a repeat of the key answers the first order.

    Locks the account. Raises InputError, NoPrice, BuyingStopped, KeyReused.
    """
    product = Product.objects.select_related("category").filter(pk=product_id).first()
    if product is None:
        raise InputError("product", _("Choose one of the products on sale."))
    return _place(actor, account, Wanted(Kind.NEW, product, quantity, months, coupon_id=coupon_id), key, now)


@atomic
def renew_resource(
    *,
    actor: Actor,
    account: Account,
    resource_id: int,
    months: int,
    key: str,
    coupon_id: int | None = None,
    now: datetime | None = None,
) -> Order:
    """More months for a running resource are ordered, from its end on. Locks and raises as `place_order`."""
    resource = running_resource(account=account, resource_id=resource_id, at=now or timezone.now())
    wanted = Wanted(Kind.RENEW, resource.product, resource.quantity, months, resource, coupon_id)
    return _place(actor, account, wanted, key, now)


@atomic
def modify_resource(
    *,
    actor: Actor,
    account: Account,
    resource_id: int,
    quantity: Decimal,
    key: str,
    coupon_id: int | None = None,
    now: datetime | None = None,
) -> Order:
    """Another size of a running resource is ordered: to be paid for the rest of its time, or with money back.

    Nothing comes back of time that is worth nothing (A2.21). Locks and raises as `place_order`.
    """
    resource = running_resource(account=account, resource_id=resource_id, at=now or timezone.now())
    wanted = Wanted(Kind.MODIFY, resource.product, quantity, 0, resource, coupon_id)
    return _place(actor, account, wanted, key, now)


def running_resource(*, account: Account, resource_id: int, at: datetime) -> Resource:
    """One of the account's own that still runs at that moment. Raises NotFound."""
    rows = Resource.objects.valid(at=at).filter(owner=account, pk=resource_id)
    if (found := rows.select_related("owner", "product__category").first()) is None:
        raise NotFound()
    return found


def _place(actor: Actor, account: Account, wanted: Wanted, key: str, now: datetime | None) -> Order:
    require(actor, Right.MOVE_FUNDS, account)
    at, kept = now or timezone.now(), kept_key(key=key)
    account = lock_accounts(account.pk)[account.pk]
    if (done := Order.objects.filter(owner=account, key=kept).first()) is not None:
        return _repeated(done, wanted)
    if wanted.kind == Kind.NEW:
        sold_ahead(product=wanted.product)
    if wanted.is_more:
        refuse_stopped(account=account, at=at)
    coupon = _coupon(account, wanted.coupon_id)
    price = quote(
        owner=account,
        product=wanted.product,
        kind=wanted.kind,
        quantity=wanted.quantity,
        months=wanted.months,
        coupon=coupon,
        resource=wanted.resource,
        at=at,
    )
    order = write_order(actor=actor, account=account, wanted=wanted, price=price, key=kept, at=at, coupon=coupon)
    note_order(what="created", actor=actor, order=order, at=at)
    return order


def write_order(
    *,
    actor: Actor,
    account: Account,
    wanted: Wanted,
    price: Quote,
    key: str,
    at: datetime,
    coupon: Coupon | None = None,
    refunds: Order | None = None,
) -> Order:
    """The order, waiting to be paid; for the services of this app, inside their transaction."""
    kept = price.as_json()
    if wanted.resource is not None:
        kept |= {"was": str(wanted.resource.quantity), "ends_at": wanted.resource.ends_at.isoformat()}
    return Order.objects.create(
        owner=account,
        payer=payer_of(account=account, at=at).account,
        kind=wanted.kind,
        product=wanted.product,
        resource=wanted.resource,
        refunds=refunds,
        quantity=price.quantity,
        months=wanted.months,
        coupon=coupon,
        list_amount=price.list_amount,
        payable=price.payable,
        price=kept,
        key=key,
        created_by=actor.user,
        created_at=at,
    )


def note_order(*, what: str, actor: Actor, order: Order, at: datetime, **more: Any) -> None:
    """The event of an order that was just written, for the owner's log and that of who pays."""
    facts: dict[str, Any] = {
        "order": order.pk,
        "product": order.product_id,
        "product_name": order.product.name,
        "kind": order.kind,
        "quantity": str(order.quantity.normalize() + 0),
        "months": order.months,
        "resource": order.resource_id,
        "amount": str(order.payable),
        **more,
    }
    payer = order.payer if order.payer_id != order.owner_id else None
    record(f"order.{what}", actor=actor, account=order.owner, counterpart=payer, subject=order, at=at, **facts)


def refuse_stopped(*, account: Account, at: datetime) -> None:
    """Raises BuyingStopped, naming who stopped it and why, while any manager's switch is on at that moment."""
    for stop in stops_on(account=account, at=at):
        raise BuyingStopped(manager=stop.relationship.manager.name, reason=stop.reason or _("none given"))


@atomic
def cancel_order(*, actor: Actor, order_id: int, now: datetime | None = None) -> Order:
    """It will not be paid; a cancelled one is answered as it is. By the account or by staff. Locks the account."""
    order = locked_order(order_id=order_id)
    if actor.door == Door.STAFF:
        require_staff(actor, PERMISSION)
    else:
        require(actor, Right.MOVE_FUNDS, order.owner)
    if order.state == State.CANCELLED:
        return order
    return _end(order, actor, "by hand", now or timezone.now())


def expire_orders(*, now: datetime | None = None) -> int:
    """Unpaid ones past their time are cancelled, each in its own transaction; answers how many."""
    at = now or timezone.now()
    overdue = Order.objects.overdue(at=at).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, at) for pk in overdue)


@atomic
def _expire(pk: int, at: datetime) -> bool:
    order = locked_order(order_id=pk)
    if order.state != State.PENDING or order.is_payable(at=at):
        return False
    _end(order, SYSTEM, "not paid in time", at)
    return True


def locked_order(*, order_id: int) -> Order:
    """The order, freshly read; locks its account, then it, until the transaction ends. Raises NotFound."""
    owner = Order.objects.filter(pk=order_id).values_list("owner_id", flat=True).first()
    if owner is None:
        raise NotFound()
    lock_accounts(owner)
    rows = Order.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("owner", "payer", "product__category", "coupon").get(pk=order_id)


def _end(order: Order, actor: Actor, why: str, at: datetime) -> Order:
    order.cancel(at=at)
    order.save(update_fields=["state", "ended_at"])
    note_order(what="cancelled", actor=actor, order=order, at=at, why=why)
    return order


def _coupon(account: Account, coupon_id: int | None) -> Coupon | None:
    if coupon_id is None:
        return None
    if (found := Coupon.objects.filter(account=account, pk=coupon_id).first()) is None:
        raise InputError("coupon", _("Choose one of your coupons, or none."))
    return found


def _repeated(done: Order, wanted: Wanted) -> Order:
    """What this key did before; KeyReused when it was something else."""
    before = (done.kind, done.product_id, done.quantity, done.months, done.coupon_id)
    if before != (wanted.kind, wanted.product.pk, wanted.quantity, wanted.months, wanted.coupon_id):
        raise KeyReused()
    if wanted.resource is not None and done.resource_id != wanted.resource.pk:
        raise KeyReused()
    return done
