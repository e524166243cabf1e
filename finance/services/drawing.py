"""Out of which books a charge is paid: own cash, then what managers gave, oldest relationship first, then credit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship
from config.errors import DomainError
from finance.models import BillLine, Book, Entry, Order
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.credit import limits_of
from finance.sets import among

CASH: tuple[str, ...] = (BookKind.CASH, BookKind.ALLOTTED)
CREDIT: tuple[str, ...] = (BookKind.CREDIT,)
ORDER = CASH + CREDIT


class AccountShort(DomainError):
    """There is less than what is to be paid; `available` and `amount` in yuan."""

    code = "account_short"
    sentence = _("The account has %(available)s yuan available, less than the %(amount)s yuan to pay.")
    hint = _("Top up, or ask your manager for funds.")


class _Row(NamedTuple):
    """A book as it is locked; thousands come at once, so they are no models."""

    pk: int
    account_id: int
    source_id: int | None
    kind: str
    balance: Decimal
    floor: Decimal | None


@dataclass(slots=True)
class Pocket:
    """A book and what can still be taken out of it, in yuan."""

    book: int
    kind: str
    left: Decimal


@dataclass(slots=True)
class Purse:
    """The locked books of one account in the order in which they pay; what is taken stands in `legs`, below zero."""

    account: int
    pockets: list[Pocket]
    legs: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def has(self, *, kinds: Collection[str] = ORDER) -> Decimal:
        """What can be taken out of books of these kinds, in all."""
        return sum((one.left for one in self.pockets if one.kind in kinds), ZERO)

    def take(self, amount: Decimal, *, kinds: Collection[str] = ORDER) -> tuple[Decimal, Decimal]:
        """As much of the amount as there is: how much of it was cash, how much credit."""
        taken = {BookKind.CREDIT: ZERO, BookKind.CASH: ZERO}
        for pocket in self.pockets:
            part = min(amount, pocket.left)
            if part > ZERO and pocket.kind in kinds:
                pocket.left -= part
                amount -= part
                self.legs[pocket.book] -= part
                taken[BookKind.CREDIT if pocket.kind == BookKind.CREDIT else BookKind.CASH] += part
        return taken[BookKind.CASH], taken[BookKind.CREDIT]


def lock_purses(*, accounts: Iterable[Account], at: datetime) -> dict[int, Purse]:
    """One for each account, by its id. Locks all of their books, lowest id first; three queries, whatever their number.

    Credit past its end pays nothing, whatever a sleeping worker left.
    """
    found = list(accounts)
    ids = [account.pk for account in found]
    books: dict[int, list[_Row]] = defaultdict(list)
    wanted = Book.objects.filter(account__in=among(ids), kind__in=(*ORDER, BookKind.ARREARS)).order_by("pk")
    for row in wanted.select_for_update(no_key=True).values_list(*_Row._fields):
        if (book := _Row(*row)).kind in ORDER:
            books[book.account_id].append(book)
    limits = limits_of(accounts=found, at=at)
    given = any(book.kind == BookKind.ALLOTTED for found in books.values() for book in found)
    since = _since(ids) if given else {}
    return {pk: Purse(pk, _pockets(books[pk], limits[pk], since)) for pk in ids}


def paid_back(*, books: Iterable[Book], amount: Decimal) -> dict[int, Decimal]:
    """What each of these books of debt gets when the amount pays them back in this order."""
    legs: dict[int, Decimal] = {}
    for book in books:
        if (part := min(amount, -book.balance)) > ZERO:
            legs[book.pk] = part
            amount -= part
    return legs


def given_for(*, order: Order | None, payer: Account) -> dict[int, Decimal]:
    """What cash of managers that are still linked paid of the order's resource, by book, the last to pay first."""
    if order is None or order.resource_id is None:
        return {}
    lines = BillLine.objects.filter(payer=payer, order__resource=order.resource_id)
    linked = Relationship.objects.in_force().filter(manager=OuterRef("book__source"), member=payer)
    entries = Entry.objects.filter(Exists(linked), book__account=payer, book__kind=BookKind.ALLOTTED)
    drawn = entries.filter(transfer__in=lines.values("transfer_id")).order_by().values_list("book")
    return {book: -moved for book, moved in drawn.annotate(sum=Sum("amount")).order_by("-book")}


def open_cash(*, accounts: Iterable[Account]) -> None:
    """Each has a book of own cash, so that there is a book to lock."""
    ids = [account.pk for account in accounts]
    known = set(Book.objects.filter(account__in=among(ids), kind=BookKind.CASH).values_list("account_id", flat=True))
    missing = [Book(account_id=pk, kind=BookKind.CASH) for pk in sorted(set(ids) - known)]
    Book.objects.bulk_create(missing, ignore_conflicts=True)


def arrears_books(*, accounts: Iterable[Account]) -> dict[int, int]:
    """The arrears book of each, by account, opened where there is none."""
    ids = {account.pk for account in accounts}
    books = Book.objects.filter(account__in=among(ids), kind=BookKind.ARREARS).values_list("account_id", "pk")
    known = dict(books)
    if missing := sorted(ids - known.keys()):
        rows = [Book(account_id=pk, kind=BookKind.ARREARS, floor=None) for pk in missing]
        Book.objects.bulk_create(rows, ignore_conflicts=True)
        known = dict(books.all())
    return known


def _since(members: list[int]) -> Mapping[tuple[int, int], float]:
    """When each manager's first relationship with a member was established: the oldest pays first."""
    links = Relationship.objects.filter(member__in=among(members)).order_by("-established_at")
    rows = links.values_list("member_id", "manager_id", "established_at")
    return {(member, manager): at.timestamp() for member, manager, at in rows if at is not None}


def _pockets(books: list[_Row], limit: Decimal, since: Mapping[tuple[int, int], float]) -> list[Pocket]:
    def place(book: _Row) -> tuple[int, float, int]:
        first = since.get((book.account_id, book.source_id or 0), float("inf"))
        return ORDER.index(book.kind), first, book.pk

    drawable = limit + sum((book.balance for book in books if book.kind == BookKind.CREDIT), ZERO)
    pockets = []
    for book in sorted(books, key=place):
        left = book.balance
        if book.kind == BookKind.CREDIT:  # never beyond the limit of the moment, nor the floor that the database holds
            left = max(ZERO, min(drawable, book.balance - (book.floor or ZERO)))
            drawable -= left
        pockets.append(Pocket(book.pk, book.kind, left))
    return pockets
