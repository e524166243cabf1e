"""收发存: what stood on goods, came, went and stands, in pieces and in yuan; by month, or of one good line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kiscloud.books.months import first_day, last_day
from kiscloud.inventory.costing import ZERO
from kiscloud.inventory.models import Document, DocumentLine, Good
from kiscloud.models import AccountSet

ORDER = ("day", "id")
NONE = Decimal(0)


def tidy(quantity: Decimal) -> Decimal:
    """Without noughts behind, for files."""
    return Decimal(f"{quantity.normalize():f}")


@dataclass(frozen=True, slots=True)
class Moved:
    """A month of a good, or of all: pieces and yuan at the beginning, come and gone."""

    opening: Decimal = NONE
    opening_value: Decimal = ZERO
    came: Decimal = NONE
    came_value: Decimal = ZERO
    went: Decimal = NONE
    went_value: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        """Pieces at the end."""
        return self.opening + self.came - self.went

    @property
    def closing_value(self) -> Decimal:
        """Yuan at the end."""
        return self.opening_value + self.came_value - self.went_value

    @property
    def cells(self) -> list[Decimal]:
        """In the order of the report."""
        return [
            *(tidy(self.opening), self.opening_value, tidy(self.came), self.came_value),
            *(tidy(self.went), self.went_value, tidy(self.closing), self.closing_value),
        ]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with what stands after it."""

    line: DocumentLine
    quantity: Decimal
    value: Decimal


def _lines(account_set: AccountSet) -> "QuerySet[DocumentLine]":
    """Those that moved stock."""
    return DocumentLine.objects.filter(
        account_set=account_set, document__state__in=[Document.State.CONFIRMED, Document.State.POSTED]
    )


def _sums(month: int) -> dict[str, Any]:
    before, inside = Q(day__lt=first_day(month)), Q(day__gte=first_day(month))
    parts = {"opening": before, "came": inside & Q(moved__gt=0), "went": inside & Q(moved__lt=0)}
    return {
        f"sum_{name}{suffix}": Coalesce(Sum(column, filter=wanted), nought)
        for name, wanted in parts.items()
        for suffix, column, nought in (("", "moved", NONE), ("_value", "cost", ZERO))
    }


def _moved(row: dict[str, Any]) -> Moved:
    return Moved(
        **{name: row[f"sum_{name}"] for name in ("opening", "opening_value", "came", "came_value")},
        **{name: -row[f"sum_{name}"] for name in ("went", "went_value")},
    )


def goods_moved(account_set: AccountSet, month: int) -> "QuerySet[Good]":
    """The goods that the report of the month names: those of which there ever were some."""
    lines = _lines(account_set).filter(day__lte=last_day(month)).exclude(moved=0)
    return Good.objects.filter(account_set=account_set, pk__in=lines.values("good"))


def month_of_goods(account_set: AccountSet, month: int, goods: Iterable[Good]) -> list[tuple[Good, Moved]]:
    """Each of the goods with its month, in one query."""
    listed = list(goods)
    lines = _lines(account_set).filter(day__lte=last_day(month), good__in=listed)
    rows = {row["good"]: _moved(row) for row in lines.values("good").annotate(**_sums(month)).order_by()}
    return [(good, rows.get(good.pk, Moved())) for good in listed]


def month_of_all(account_set: AccountSet, month: int) -> Moved:
    """The same of all goods together; only the yuan mean something."""
    return _moved(_lines(account_set).filter(day__lte=last_day(month)).aggregate(**_sums(month)))


def month_of_good(good: Good, month: int) -> Moved:
    """The same of one."""
    return month_of_goods(good.account_set, month, [good])[0][1]


def lines_of(good: Good, month: int) -> "QuerySet[DocumentLine]":
    """What moved the good in the month."""
    days: tuple[date, date] = (first_day(month), last_day(month))
    found = _lines(good.account_set).filter(good=good, day__range=days).exclude(moved=0)
    return found.select_related("document__partner")


def with_balances(found: "QuerySet[DocumentLine]", lines: list[DocumentLine], month: Moved) -> list[Entry]:
    """These lines, which follow each other, each with what stands after it."""
    if not lines:
        return []
    first = lines[0]
    before = found.filter(Q(day__lt=first.day) | Q(day=first.day, id__lt=first.pk))
    sums = before.aggregate(moved=Coalesce(Sum("moved"), NONE), cost=Coalesce(Sum("cost"), NONE))
    quantity, value = month.opening + sums["moved"], month.opening_value + sums["cost"]
    entries = []
    for line in lines:
        quantity, value = quantity + line.moved, value + line.cost
        entries.append(Entry(line, quantity, value))
    return entries
