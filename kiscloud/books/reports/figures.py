"""What stands on each subject in a month: read by one statement, added up along the chart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.db import connection

from kiscloud.models import AccountSet

ZERO = Decimal("0.00")


@dataclass(slots=True)
class Figures:
    """A subject with its sums of a month. Signed sums are debit minus credit; `year_…` include the month."""

    pk: int
    parent: int | None
    code: str
    name: str
    level: int
    category: int
    side: int
    is_leaf: bool
    is_cash: bool
    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    carried: Decimal = ZERO
    year_debit: Decimal = ZERO
    year_credit: Decimal = ZERO
    year_carried: Decimal = ZERO
    quantity: Decimal = ZERO
    quantity_moved: Decimal = ZERO
    item: int | None = None

    @property
    def closing(self) -> Decimal:
        """Signed."""
        return self.opening + self.debit - self.credit

    @property
    def year_opening(self) -> Decimal:
        """Signed, at the beginning of the year."""
        return self.closing - self.year_debit + self.year_credit

    @property
    def activity(self) -> Decimal:
        """What the month brought on the subject's own side, without the carrying-over."""
        return (self.debit - self.credit - self.carried) * self.side

    @property
    def year_activity(self) -> Decimal:
        """The same of the year until the month's end."""
        return (self.year_debit - self.year_credit - self.year_carried) * self.side

    @property
    def is_empty(self) -> bool:
        """Nothing stands and nothing moved, in the month or in the year."""
        return not (self.opening or self.debit or self.credit or self.year_debit or self.year_credit)

    def emptied(self, item: int | None) -> Self:
        """The same subject with nothing on it, for an item."""
        return type(self)(
            *(self.pk, self.parent, self.code, self.name, self.level, self.category, self.side),
            *(self.is_leaf, self.is_cash),
            item=item,
        )

    def add(self, other: Self) -> None:
        """The sums of a subject below count here too."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


SUMS = (
    *("opening", "debit", "credit", "carried", "year_debit", "year_credit", "year_carried"),
    *("quantity", "quantity_moved"),
)
_READ = """
SELECT s.id, s.parent_id, s.code, s.name, s.level, s.category, s.side, s.is_leaf, s.is_cash,
       coalesce(b.opening, 0), coalesce(b.debit, 0), coalesce(b.credit, 0), coalesce(b.carried, 0),
       coalesce(b.year_debit + b.debit, 0), coalesce(b.year_credit + b.credit, 0),
       coalesce(b.year_carried + b.carried, 0), coalesce(b.quantity, 0), coalesce(b.quantity_moved, 0), b.item_id
FROM books_subject s
LEFT JOIN books_balance b ON b.subject_id = s.id AND b.month = %(month)s AND b.account_set_id = %(set)s
WHERE s.account_set_id = %(set)s ORDER BY s.code, b.item_id
"""
# What is not posted yet, which is never much: the current month only.
_WAITING = """
SELECT l.subject_id, l.item_id, sum(l.debit), sum(l.credit),
       sum(CASE WHEN v.kind = 'carry_over' THEN l.debit - l.credit ELSE 0 END)
FROM books_voucher v JOIN books_line l ON l.voucher_id = v.id
WHERE v.account_set_id = %(set)s AND v.month = %(month)s AND v.state IN ('saved', 'audited')
GROUP BY l.subject_id, l.item_id
"""


def details_of(account_set: AccountSet, month: int, *, waiting: bool = False) -> list[Figures]:
    """Every subject of the chart in the order of codes, those that take entries with their sums, by item.

    With `waiting`, vouchers that are saved but not posted count too.
    """
    words = {"set": account_set.pk, "month": month}
    with connection.cursor() as cursor:
        cursor.execute(_READ, words)
        found = [Figures(*row) for row in cursor.fetchall()]
        if waiting:
            cursor.execute(_WAITING, words)
            found += _waiting(found, cursor.fetchall())
    return found


def _waiting(found: list[Figures], rows: list[tuple[Any, ...]]) -> list[Figures]:
    """What waits counts where it belongs; answers those items of subjects that have nothing posted yet."""
    subjects = {one.pk: one for one in found}
    details = {(one.pk, one.item): one for one in found}
    fresh = []
    for pk, item, *amounts in rows:
        if (pk, item) not in details:
            details[pk, item] = subjects[pk].emptied(item)
            fresh.append(details[pk, item])
        _count(details[pk, item], *amounts)
    return fresh


def leaves_of(account_set: AccountSet, month: int, *, waiting: bool = False) -> list[Figures]:
    """The same with each subject once."""
    found: dict[int, Figures] = {}
    for one in details_of(account_set, month, waiting=waiting):
        if one.pk in found:
            found[one.pk].add(one)
        else:
            found[one.pk] = one
    return list(found.values())


def _count(one: Figures, debit: Decimal, credit: Decimal, carried: Decimal) -> None:
    one.debit, one.credit, one.carried = one.debit + debit, one.credit + credit, one.carried + carried
    one.year_debit, one.year_credit = one.year_debit + debit, one.year_credit + credit
    one.year_carried += carried


def figures_of(account_set: AccountSet, month: int, *, waiting: bool = False) -> list[Figures]:
    """The same, with each subject above adding up what is below it."""
    found = leaves_of(account_set, month, waiting=waiting)
    by_pk = {one.pk: one for one in found}
    for one in reversed(found):  # codes of those below are longer, so they come later
        if one.parent is not None:
            by_pk[one.parent].add(one)
    return found


Value = Callable[[Figures], Decimal]


def below(leaves: Iterable[Figures], *codes: str) -> list[Figures]:
    """The subjects that take entries at or below these codes."""
    return [one for one in leaves if one.is_leaf and one.code.startswith(codes)]


def signed(leaves: Iterable[Figures], value: Value, *codes: str) -> Decimal:
    """Their sum, debit minus credit."""
    return sum((value(one) for one in below(leaves, *codes)), ZERO)


def debits(leaves: Iterable[Figures], value: Value, *codes: str) -> Decimal:
    """The sum of those that stand on the debit side."""
    return sum((max(value(one), ZERO) for one in below(leaves, *codes)), ZERO)


def credits_of(leaves: Iterable[Figures], value: Value, *codes: str) -> Decimal:
    """The sum of those that stand on the credit side, as a positive amount."""
    return sum((max(-value(one), ZERO) for one in below(leaves, *codes)), ZERO)
