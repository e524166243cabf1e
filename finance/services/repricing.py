"""Another price for an order that waits to be paid, by staff (A2.22)."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.names import clean_remark
from config.errors import DomainError, InputError
from config.transactions import atomic
from finance.models import Order
from finance.money import EIGHT, FEN, ZERO
from finance.pricing import ONE
from finance.services.orders import PERMISSION, NotPayable, locked_order, note_order
from finance.services.trusts import is_trusteed


class NoRepricing(DomainError):
    """A trusteed member's orders keep their price (A2.22)."""

    code = "trusteed_no_repricing"
    rule = "A2.22"
    sentence = _("A manager pays for this account, so the price of its orders cannot be changed.")


@atomic
def reprice_order(*, actor: Actor, order_id: int, amount: Decimal, reason: str, now: datetime | None = None) -> Order:
    """Staff set another price, at most the list price, for what waits to be paid (A2.22). Locks the account."""
    require_staff(actor, PERMISSION)
    why, at = cleaned("reason", clean_remark, reason), now or timezone.now()
    if not why:
        raise InputError("reason", _("Write the reason: the account reads it."))
    order = locked_order(order_id=order_id)
    if is_trusteed(account=order.owner, at=at):
        raise NoRepricing()
    if not order.is_payable(at=at) or order.payable < ZERO:
        raise NotPayable(state=order.state_at(at=at).label)
    if not amount.is_finite() or not ZERO <= amount <= order.list_amount or amount != amount.quantize(FEN):
        sentence = _("Enter an amount from 0 to the list price of %(most)s yuan.")
        raise InputError("amount", sentence, most=order.list_amount)
    before = order.payable
    order.price, order.payable = _repriced(order, amount, why), amount
    order.save(update_fields=["price", "payable"])
    note_order(what="repriced", actor=actor, order=order, at=at, before=str(before), reason=why)
    return order


def _repriced(order: Order, amount: Decimal, why: str) -> dict[str, Any]:
    """The same steps and one more; the whole difference to the list price is the discount now."""
    kept = dict(order.price)
    gross, coupon = Decimal(kept["gross"]), Decimal(kept["coupon"])
    rate = (amount / gross).quantize(EIGHT, ROUND_HALF_UP) if gross else ONE
    step = {"kind": "repriced", "note": why, "amount": str(amount - order.payable)}
    kept |= {"discount": str(gross - coupon - amount), "rate": str(rate), "steps": [*kept["steps"], step]}
    return kept
