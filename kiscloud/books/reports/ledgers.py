"""总账 and 明细账: what stood on a subject month by month, and line by line."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from kiscloud.books.models import Balance, Item, Line, Subject
from kiscloud.books.models.voucher import VoucherState
from kiscloud.books.months import first_day, last_day
from kiscloud.models import AccountSet

ZERO = Decimal("0.00")
ORDER = ("day", "id")


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a subject in the general ledger; balances are signed."""

    month: int
    opening: Decimal
    debit: Decimal
    credit: Decimal
    year_debit: Decimal
    year_credit: Decimal

    @property
    def closing(self) -> Decimal:
        """Signed."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with the balance after it, signed."""

    line: Line
    balance: Decimal


def below(subject: Subject) -> "QuerySet[Subject]":
    """The subject and all below it."""
    return Subject.objects.filter(account_set=subject.account_set_id, code__startswith=subject.code)


def months_of(subject: Subject, year: int, item: Item | None = None) -> list[MonthRow]:
    """Each month of the year in which the books have something of the subject, or of one item there, with sums of all
    below it."""
    rows = Balance.objects.filter(subject__in=below(subject), month__gt=year * 100, month__lte=year * 100 + 12)
    if item is not None:
        rows = rows.filter(item=item)
    names = ("opening", "debit", "credit", "year_debit", "year_credit")
    sums = rows.values("month").annotate(**{f"sum_{name}": Sum(name) for name in names}).order_by("month")
    return [
        MonthRow(
            row["month"],
            row["sum_opening"],
            row["sum_debit"],
            row["sum_credit"],
            row["sum_year_debit"] + row["sum_debit"],
            row["sum_year_credit"] + row["sum_credit"],
        )
        for row in sums
    ]


def lines_of(account_set: AccountSet, subject: Subject, month: int, item: Item | None = None) -> "QuerySet[Line]":
    """The posted lines of the month on the subject or below it, or those of one item there."""
    found = Line.objects.filter(account_set=account_set, subject__in=below(subject))
    found = found.filter(day__range=(first_day(month), last_day(month)), voucher__state=VoucherState.POSTED)
    if item is not None:
        found = found.filter(item=item)
    return found.select_related("voucher", "subject", "item")


def month_of_subject(subject: Subject, month: int, item: Item | None = None) -> MonthRow:
    """The sums of one month."""
    found = [row for row in months_of(subject, month // 100, item) if row.month == month]
    return found[0] if found else MonthRow(month, ZERO, ZERO, ZERO, ZERO, ZERO)


def with_balances(found: "QuerySet[Line]", lines: list[Line], opening: Decimal) -> list[Entry]:
    """These lines, which follow each other in the ledger, each with the balance after it."""
    if not lines:
        return []
    first = lines[0]
    before = found.filter(day__lt=first.day) | found.filter(day=first.day, id__lt=first.pk)
    balance = opening + (before.aggregate(sum=Sum(F("debit") - F("credit")))["sum"] or ZERO)
    entries = []
    for line in lines:
        balance += line.debit - line.credit
        entries.append(Entry(line, balance))
    return entries
