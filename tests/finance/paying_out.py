"""Short ways to withdrawals."""

from decimal import Decimal
from typing import Any

from accounts.models import Account
from finance.models import Book, Withdrawal
from finance.services import withdrawals
from tests.finance.funds import fresh_key, mover, staff

D = Decimal
NUMBER = "6222 0213-0000 4567 890"


def ask(account: Account, amount: Any = "40.00", **more: Any) -> Withdrawal:
    """By the owner, with the code passed."""
    more = {"bank_name": "中国银行北京分行", "bank_account": NUMBER, "key": fresh_key(), **more}
    actor = more.pop("actor", None) or mover(account)
    return withdrawals.request_withdrawal(actor=actor, account=account, amount=D(amount), **more)


def pay(withdrawal: Withdrawal, by: Any = None, number: str = "") -> Withdrawal:
    """By a fresh member of staff, under a number of its own."""
    reference = number or f"OUT-{withdrawal.pk:05d}"
    return withdrawals.pay_withdrawal(actor=by or staff(), withdrawal_id=withdrawal.pk, bank_reference=reference)


def give_back(withdrawal: Withdrawal, by: Any = None, reason: str = "账号有误") -> Withdrawal:
    """By a fresh member of staff."""
    return withdrawals.give_back_withdrawal(actor=by or staff(), withdrawal_id=withdrawal.pk, reason=reason)


def platform(kind: str) -> Decimal:
    """What the platform's books of this kind hold together."""
    return sum(Book.objects.filter(kind=kind).values_list("balance", flat=True), D(0))
