"""What an account has and who holds what: reads for the overview, by a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship
from accounts.permissions import Point
from finance import policy
from finance.models import Book
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.credit import limit_of


@dataclass(frozen=True, slots=True)
class Given:
    """Cash that lies in this account and came from a manager."""

    book: Book
    manager: Account
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Have:
    """What an account has, book by book, in yuan."""

    books: Sequence[Book]
    cash: Decimal
    given: Sequence[Given]
    credit_used: Decimal
    credit_limit: Decimal

    @property
    def allotted(self) -> Decimal:
        """From all managers together."""
        return sum((one.amount for one in self.given), ZERO)

    @property
    def balance(self) -> Decimal:
        """Cash of every origin."""
        return self.cash + self.allotted

    @property
    def credit_left(self) -> Decimal:
        """What can still be drawn."""
        return max(ZERO, self.credit_limit - self.credit_used)

    @property
    def arrears(self) -> Decimal:
        """Bills that nothing was left to pay with."""
        return -sum((book.balance for book in self.books if book.kind == BookKind.ARREARS), ZERO)

    @property
    def began(self) -> bool:
        """Anything ever moved here, or could."""
        return any(book.version for book in self.books) or self.credit_limit > ZERO


def what_it_has(account: Account) -> Have:
    """The account's own books, its cash first; and its credit limit as it is valid now."""
    books = list(Book.objects.of(account).select_related("source").order_by("pk"))
    by_kind: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for book in books:
        by_kind[book.kind] += book.balance
    given = [Given(book, book.source, book.balance) for book in books if book.source and book.balance]
    return Have(
        books=books,
        cash=by_kind[BookKind.CASH],
        given=sorted(given, key=lambda one: -one.amount),
        credit_used=-by_kind[BookKind.CREDIT],
        credit_limit=limit_of(account=account),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: which source, how much."""

    key: str
    label: str | Promise
    amount: Decimal


OWN, MINE, OTHERS = "own", "mine", "others"
LABELS: dict[str, str | Promise] = {
    OWN: _("Own cash"),
    MINE: _("Allotted by this account"),
    OTHERS: _("From other managers"),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """An account of the group with its cash by source. Without the member's permission only what came from here."""

    name: str | Promise
    amounts: dict[str, Decimal]
    relationship_id: int | None = None
    whole: bool = True
    count: int = 1  # how many accounts stand in this row

    @property
    def total(self) -> Decimal:
        """All of it that is known."""
        return sum(self.amounts.values(), ZERO)

    @property
    def parts(self) -> list[Part]:
        """In the order of the picture."""
        return [Part(key, LABELS[key], self.amounts.get(key, ZERO)) for key in LABELS]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who holds what: this account first, then its members by size; the rest in one row."""

    holders: Sequence[Holder]
    rest: Holder | None
    sums: Holder
    hidden: int  # members that do not show their balance
    members: int
    most: Decimal = field(default=ZERO)  # the longest bar

    @property
    def rows(self) -> list[Holder]:
        """All rows of the picture."""
        return [*self.holders, self.rest] if self.rest else list(self.holders)


def holdings_of(account: Account, have: Have) -> Holdings:
    """The split of all cash of the account and of its members that is known to it; two queries."""
    links = Relationship.objects.in_force().filter(manager=account)
    known = list(links.order_by("pk").values_list("pk", "member_id", "member__name", "points"))
    cash = _cash_of_members(account)
    members = [_holder(*row, cash.get(row[1], {})) for row in known]
    members.sort(key=lambda one: (-one.total, one.relationship_id))
    shown, more = members[: policy.HOLDERS_SHOWN_MAX], members[policy.HOLDERS_SHOWN_MAX :]
    own = Holder(account.name, {OWN: have.cash, OTHERS: have.allotted})
    rows = [own, *shown]
    rest = _together(more, _("Other members")) if more else None
    return Holdings(
        holders=rows,
        rest=rest,
        sums=_together([own, *members], _("Whole group")),
        hidden=sum(not one.whole for one in members),
        members=len(members),
        most=max(one.total for one in [*rows, *([rest] if rest else [])]),
    )


def _holder(pk: int, _member_id: int, name: str, points: Sequence[str], cash: dict[str, Decimal]) -> Holder:
    whole = Point.VIEW_BALANCE in points
    amounts = cash if whole else {MINE: cash.get(MINE, ZERO)}
    return Holder(name, amounts, relationship_id=pk, whole=whole)


def _together(holders: Sequence[Holder], name: str | Promise) -> Holder:
    sums = {key: sum((one.amounts.get(key, ZERO) for one in holders), ZERO) for key in LABELS}
    return Holder(name, sums, whole=all(one.whole for one in holders), count=len(holders))


def _cash_of_members(account: Account) -> dict[int, dict[str, Decimal]]:
    links = Relationship.objects.in_force().filter(manager=account).values("member_id")
    books = Book.objects.cash().filter(account_id__in=links).order_by()
    sums = books.values("account_id").annotate(
        own=Sum("balance", filter=Q(kind=BookKind.CASH), default=ZERO),
        mine=Sum("balance", filter=Q(kind=BookKind.ALLOTTED, source=account), default=ZERO),
        others=Sum("balance", filter=Q(kind=BookKind.ALLOTTED) & ~Q(source=account), default=ZERO),
    )
    return {row["account_id"]: {OWN: row["own"], MINE: row["mine"], OTHERS: row["others"]} for row in sums}
