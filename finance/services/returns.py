"""Giving a resource back: the rest's worth goes to who paid, vouchers and coupons are gone (A2.16, A2.21)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Door, require, require_staff
from accounts.permissions import Right
from config.errors import DomainError
from config.transactions import atomic
from finance.models import Order, Resource
from finance.pricing import Quote
from finance.services.ledger import KeyReused
from finance.services.order_payments import bill_order
from finance.services.orders import PERMISSION, NotPayable, Wanted, locked_order, note_order, write_order
from finance.services.top_ups import kept_key
from finance.services.trusts import payer_of
from finance.services.worth import give_back_quote, valued_lines

Kind, State = Order.Kind, Order.State


class Worthless(DomainError):
    """The payer changed: the rest of the time can be used and is worth nothing (A2.21)."""

    code = "worthless"
    rule = "A2.21"
    sentence = _("Who pays for this account changed on %(day)s. What was bought before can be used, not given back.")


class NothingToReturn(DomainError):
    """It never ran, or runs no more."""

    code = "nothing_to_return"
    sentence = _("There is nothing to give back: it is over, or this order brought nothing.")


@atomic
def refund_order(*, actor: Actor, order_id: int, key: str, now: datetime | None = None) -> Order:
    """What this order brought is released, and what the rest of its time is worth went back; answers the refund.

    All orders of the resource are refunded with it. By the account or by staff. A repeat of the key answers the first
    refund. Locks the account, the order, the resource, then what `give_back` locks. Raises Worthless, NothingToReturn.
    """
    at, kept = now or timezone.now(), kept_key(key=key)
    order = locked_order(order_id=order_id)
    if actor.door == Door.STAFF:
        require_staff(actor, PERMISSION)
    else:
        require(actor, Right.MOVE_FUNDS, order.owner)
    if (done := Order.objects.filter(owner=order.owner, key=kept).first()) is not None:
        if (done.kind, done.refunds_id) != (Kind.REFUND, order.pk):
            raise KeyReused()
        return done
    if order.state != State.PAID or order.kind == Kind.REFUND:
        raise NotPayable(state=order.state_at(at=at).label)
    resource = _returnable(order, at)
    refund = _write(actor, order, resource, kept, at)
    for paid in Order.objects.filter(resource=resource, state=State.PAID).exclude(kind=Kind.REFUND).order_by("pk"):
        paid.refund(at=at)
        paid.save(update_fields=["state", "ended_at"])
    resource.release(at=at)
    resource.save(update_fields=["state", "ends_at"])
    note_order(what="refunded", actor=actor, order=refund, at=at, refunds=order.pk, instance=resource.instance)
    return refund


def what_comes_back(*, resource: Resource, at: datetime) -> Quote:
    """What giving it back now yields. Raises Worthless."""
    if resource.worthless_since is not None and not valued_lines(resource=resource, at=at):
        raise Worthless(day=timezone.localtime(resource.worthless_since).date())
    return give_back_quote(resource=resource, at=at)


def _returnable(order: Order, at: datetime) -> Resource:
    rows = Resource.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    resource = rows.filter(orders=order).first()
    if resource is None or resource.state == Resource.State.RELEASED or resource.ends_at <= at:
        raise NothingToReturn()
    return resource


def _write(actor: Actor, order: Order, resource: Resource, key: str, at: datetime) -> Order:
    """The refund, written and paid out."""
    price = what_comes_back(resource=resource, at=at)
    wanted = Wanted(Kind.REFUND, order.product, resource.quantity, 0, resource)
    refund = write_order(actor=actor, account=order.owner, wanted=wanted, price=price, key=key, at=at, refunds=order)
    payer = payer_of(account=order.owner, at=at)
    bill_order(order=refund, payer=payer, start=at, end=resource.ends_at, at=at)
    refund.pay(at=at, payer=payer.account)
    refund.save(update_fields=["state", "paid_at", "payer"])
    return refund
