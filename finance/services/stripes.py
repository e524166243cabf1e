"""Paying from one free stripe of an account's credit, so that charges of one payer do not wait for each other.

Whoever needs more than a charge (a run, a repayment, another limit) locks all stripes, lowest id first. A charge takes
one that nobody holds and that has enough; where there is none it holds nothing and goes the same way as the others.
"""

from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actors import Actor, require_staff
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from config.errors import NotFound
from config.transactions import atomic
from finance.locks import credit_of
from finance.models import Book, StripedCredit
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.credit import limits_of, refit_floor
from finance.services.drawing import Pocket, Purse
from finance.stripes import STRIPES


@atomic
def stripe_credit(*, actor: Actor, account: Account, now: datetime | None = None) -> StripedCredit:
    """The account's credit lies in stripes from now on; again it changes nothing. Locks the account, then its books."""
    staff = require_staff(actor, "finance.add_stripedcredit")
    at = now or timezone.now()
    account = lock_accounts(account.pk)[account.pk]
    if known := StripedCredit.objects.filter(account=account, joined_at=None).first():
        return known
    refit_floor(account=account, at=at)
    stripes = [Book(account=account, kind=BookKind.CREDIT, stripe=number) for number in range(1, STRIPES)]
    Book.objects.bulk_create(stripes, ignore_conflicts=True)
    row = StripedCredit.objects.create(account=account, striped_by=staff, striped_at=at)
    refit_floor(account=account, at=at, anew=True)
    record("credit.striped", actor=actor, account=account, subject=row, at=at)
    return row


@atomic
def join_credit(*, actor: Actor, account: Account, now: datetime | None = None) -> StripedCredit:
    """What is left of the limit lies in one book again; what the others owe stays there until it is repaid.

    Locks the account, then its credit books.
    """
    require_staff(actor, "finance.change_stripedcredit")
    at = now or timezone.now()
    account = lock_accounts(account.pk)[account.pk]
    row = StripedCredit.objects.filter(account=account, joined_at=None).first()
    if row is None:
        raise NotFound()
    row.joined_at = at
    row.save(update_fields=["joined_at"])
    refit_floor(account=account, at=at, anew=True)
    record("credit.joined", actor=actor, account=account, subject=row, at=at)
    return row


def take_stripe(*, account: Account, amount: Decimal, at: datetime) -> Purse | None:
    """A purse of one stripe with enough for the amount, locked; None, and nothing locked, where none is free.

    Nor where the limit of the moment is below what the stripes let through, because a line has ended.
    """
    let_through = -(Book.objects.filter(credit_of(account)).aggregate(sum=Sum("floor"))["sum"] or ZERO)
    if let_through > limits_of(accounts=[account], at=at)[account.pk]:
        return None
    begun = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [account.pk, BookKind.CREDIT, amount])
        found = cursor.fetchone()
    if found is None:  # one that was used up meanwhile may be locked all the same
        transaction.savepoint_rollback(begun)
        return None
    transaction.savepoint_commit(begun)
    book, left = found
    return Purse(account.pk, [Pocket(book, BookKind.CREDIT, left)])


_TAKE = """
SELECT id, balance - floor FROM finance_book WHERE account_id = %s AND kind = %s AND balance - floor >= %s
ORDER BY random() LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
