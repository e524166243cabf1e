"""Locking books in the one order that everybody keeps, so that nobody waits in a circle.

Named things, then accounts, then relationships (`accounts.locks`), then books of accounts, lowest id first, then the
platform's. Whoever needs several books takes all of them at once, before looking at any balance.
"""

from django.db.models import Q

from accounts.models import Account
from finance.models import Book
from finance.models.book import BookKind


def lock_books(wanted: Q) -> list[Book]:
    """These books, freshly read and locked until the transaction ends, lowest id first."""
    return list(Book.objects.filter(wanted).order_by("pk").select_for_update(of=("self",), no_key=True))


def all_of(*accounts: Account | int) -> Q:
    """Every book of these accounts."""
    return Q(account__in=accounts)


def cash_of(account: Account | int) -> Q:
    """The account's own cash."""
    return Q(account=account, kind=BookKind.CASH)


def credit_of(*accounts: Account | int) -> Q:
    """The credit books of these accounts."""
    return Q(account__in=accounts, kind=BookKind.CREDIT)
