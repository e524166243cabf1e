"""A line of a statement, as all three forms have it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line with its number on the form and its two amounts; `codes` lead to the subjects behind it."""

    number: int
    label: str
    first: Decimal | None
    second: Decimal | None
    codes: tuple[str, ...] = ()
    depth: int = 0
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A form: what it is called, what its two columns hold, and its lines."""

    title: str
    form: str
    columns: tuple[str, str]
    lines: list[Amounts]

    def line(self, number: int) -> Amounts:
        """The line of this number."""
        return next(one for one in self.lines if one.number == number)
