"""What a request covers, as lines of an invoice: grouped by tax item, amounts with tax split at each item's rate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from finance.money import ZERO
from invoicing.amounts import split_inclusive
from invoicing.faces import Line
from invoicing.models import Invoiceable, TaxItem, ZeroRate

UNTAXED: Final = frozenset({ZeroRate.EXEMPT.value, ZeroRate.OUTSIDE.value})


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One line to be. `total` is with tax; `off` is what refunds and corrections took off, below zero or nothing."""

    item: TaxItem
    total: Decimal
    off: Decimal

    @property
    def chosen(self) -> Decimal:
        """Before anything is taken off."""
        return self.total - self.off

    @property
    def amount(self) -> Decimal:
        """Without tax."""
        return split_inclusive(self.total, self.item.rate)[0]

    @property
    def tax(self) -> Decimal:
        """What is left of the total."""
        return split_inclusive(self.total, self.item.rate)[1]

    @property
    def line(self) -> Line:
        """As it stands on the invoice."""
        item = self.item
        return Line(
            name=item.name,
            class_code=item.class_code,
            class_name=item.class_name,
            amount=self.amount,
            rate=item.rate,
            tax=self.tax,
            zero_rate=item.zero_rate,
        )


@dataclass(frozen=True, slots=True)
class Printed:
    """A line for people: the rate as a text, and no tax where there is none."""

    name: str
    class_name: str
    amount: Decimal
    rate_text: str
    tax: Decimal
    untaxed: bool


def printed(lines: Iterable[Line]) -> list[Printed]:
    """The lines as the face shows them."""
    return [
        Printed(one.name, one.class_name, one.amount, _rate(one), one.tax, one.zero_rate in UNTAXED) for one in lines
    ]


def _rate(line: Line) -> str:
    if line.zero_rate in UNTAXED:
        return str(ZeroRate(line.zero_rate).label)
    return f"{(line.rate * 100).normalize():f}%"


def shown_covers(covers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a request covers, its amounts as numbers."""
    return [{**one, "money": Decimal(one["amount"])} for one in covers]


def lines_of(items: Iterable[Invoiceable], taxed_as: Mapping[int, TaxItem]) -> list[TaxLine]:
    """One for each tax item, the largest first."""
    totals: dict[int, Decimal] = {}
    taken: dict[int, Decimal] = {}
    found: dict[int, TaxItem] = {}
    for one in items:
        item = taxed_as[one.product_id]
        found[item.pk] = item
        totals[item.pk] = totals.get(item.pk, ZERO) + one.amount
        taken[item.pk] = taken.get(item.pk, ZERO) + min(one.amount, ZERO)
    lines = [TaxLine(item, totals[pk], taken[pk]) for pk, item in found.items()]
    return sorted(lines, key=lambda line: (-line.total, line.item.pk))


def covers_of(items: Iterable[Invoiceable]) -> list[dict[str, Any]]:
    """The same money by month and account, for people: the latest month first."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for one in items:
        key = (f"{one.month:%Y-%m}", one.owner.number, one.owner.name)
        sums[key] = sums.get(key, ZERO) + one.amount
    rows = sorted(sums.items(), key=lambda pair: (pair[0][0], pair[1]), reverse=True)
    return [
        {"month": month, "number": number, "name": name, "amount": str(amount)}
        for (month, number, name), amount in rows
    ]
