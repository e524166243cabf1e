"""Paying back credit in use: own cash first, then what managers gave, oldest relationship first."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.events import record
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, InputError
from config.transactions import atomic
from finance.locks import all_of, credit_of, lock_books
from finance.models import Entry
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import ZERO, is_amount
from finance.services.credit import refit_floor
from finance.services.drawing import CASH, AccountShort, lock_purses, paid_back
from finance.services.dues import lock_dues, save_dues
from finance.services.ledger import Posting, post


class NothingOwed(DomainError):
    """No credit is in use."""

    code = "nothing_owed"
    sentence = _("No credit is in use, so there is nothing to pay back.")


@atomic
def settle_credit(*, account: Account, key: str, amount: Decimal | None = None, now: datetime | None = None) -> Decimal:
    """Cash pays back credit in use, as far as both go or the amount asks; answers what was settled, in yuan.

    Own cash first, then allotted; booked on the account's statements, oldest month first. Locks the statements, then
    the account's books.
    """
    at = now or timezone.now()
    dues = lock_dues(account=account)
    purse = lock_purses(accounts=[account], at=at)[account.pk]
    used = lock_books(credit_of(account))
    owed = -sum((book.balance for book in used), ZERO)
    settled, _credit = purse.take(min(owed, amount if amount is not None else owed), kinds=CASH)
    if settled > ZERO:
        legs = {**purse.legs, **paid_back(books=used, amount=settled)}
        post(posting=Posting(TransferKind.SETTLEMENT, f"settle:{key}", legs, {"account": account.pk}))
        refit_floor(account=account)
        dues.book(settled)
        save_dues(dues=dues, at=at)
    return settled


@atomic
def repay_credit(*, actor: Actor, account: Account, amount: Decimal, key: str, now: datetime | None = None) -> Decimal:
    """Somebody of the account pays back credit in use from its cash; answers what was settled, in yuan.

    The whole amount or nothing; a repeat of the key answers the first. Locks the account's statements, then its books.
    Raises InputError, NothingOwed, AccountShort.
    """
    require(actor, Right.MOVE_FUNDS, account)
    if not is_amount(amount):
        raise InputError("amount", _("The amount must be greater than zero."))
    lock_dues(account=account)
    books = lock_books(all_of(account))
    if (done := _settled_before(account, key)) is not None:
        return done
    owed = -sum((book.balance for book in books if book.kind == BookKind.CREDIT), ZERO)
    cash = sum((book.balance for book in books if book.kind in CASH), ZERO)
    if owed == ZERO:
        raise NothingOwed()
    if amount > owed:
        raise InputError("amount", _("Only %(owed)s yuan of credit are in use."), owed=owed)
    if amount > cash:
        raise AccountShort(available=cash, amount=amount)
    settled = settle_credit(account=account, key=f"{account.pk}:{key}", amount=amount, now=now)
    record("credit.settled", actor=actor, account=account, at=now, amount=str(settled))
    return settled


def _settled_before(account: Account, key: str) -> Decimal | None:
    legs = Entry.objects.filter(transfer__key=f"settle:{account.pk}:{key}", book__kind=BookKind.CREDIT)
    settled: Decimal | None = legs.aggregate(sum=Sum("amount"))["sum"]
    return settled
