"""科目余额表: how each subject began, what moved in the month and in the year, and how it ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kiscloud.books.reports.figures import ZERO, Figures, figures_of
from kiscloud.models import AccountSet


@dataclass(frozen=True, slots=True)
class Row:
    """A subject with its eight amounts; a balance stands on one side."""

    subject: Figures
    opening: tuple[Decimal, Decimal]
    moved: tuple[Decimal, Decimal]
    year: tuple[Decimal, Decimal]
    closing: tuple[Decimal, Decimal]

    @property
    def amounts(self) -> list[Decimal]:
        """From left to right."""
        return [*self.opening, *self.moved, *self.year, *self.closing]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The rows down to a level, and the sums, which are those of the subjects that take entries."""

    rows: list[Row]
    sums: list[Decimal]

    @property
    def balances(self) -> bool:
        """Each pair of sums is equal."""
        return all(self.sums[place] == self.sums[place + 1] for place in range(0, len(self.sums), 2))


def trial_balance(
    account_set: AccountSet, month: int, *, level: int = 1, waiting: bool = False, zero: bool = False
) -> TrialBalance:
    """Down to the level; a subject above stands on the side of its own net balance. `zero` shows empty ones too."""
    found = figures_of(account_set, month, waiting=waiting)
    rows = [_row(one) for one in found if one.level <= level and (zero or not one.is_empty)]
    return TrialBalance(rows, _sums(_row(one) for one in found if one.level == 1))


def _row(one: Figures) -> Row:
    return Row(
        one,
        _sides(one.opening),
        (one.debit, one.credit),
        (one.year_debit, one.year_credit),
        _sides(one.closing),
    )


def _sides(balance: Decimal) -> tuple[Decimal, Decimal]:
    return (balance, ZERO) if balance > 0 else (ZERO, -balance)


def _sums(rows: Iterable[Row]) -> list[Decimal]:
    return [sum(column, ZERO) for column in zip(*(row.amounts for row in rows), strict=True)]
