"""What the books of demo sets hold. Pure: read from `data/demo/`, one file a set, named by the set's number.

A file has the opening balances, each on its subject's own side, then the vouchers of two months: the day and what
happened, below it the lines with side, subject and amount. Vouchers with a star wait to be posted.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from kiscloud.books.entries import Entry

_FOLDER: Final = Path(__file__).parent / "data" / "demo"


@dataclass(frozen=True, slots=True)
class DemoVoucher:
    """One of them; every month has its day."""

    day: int
    summary: str
    posted: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DemoBooks:
    """The opening balances by code, and the vouchers of a closed and of the current month."""

    openings: dict[str, Decimal]
    first: list[DemoVoucher]
    second: list[DemoVoucher]


@cache
def demo_books_of(number: str) -> DemoBooks | None:
    """Of the demo set with this number; None where it has none."""
    file = _FOLDER / f"{number}.txt"
    if not file.is_file():
        return None
    books = DemoBooks({}, [], [])
    part = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#"):
            _read(books, part, line)
    return books


def _read(books: DemoBooks, part: str, line: str) -> None:
    if part == "opening":
        code, amount = line.split()
        books.openings[code] = Decimal(amount)
        return
    vouchers = books.first if part == "first" else books.second
    if line.startswith(" "):
        side, code, typed = line.split()
        debit, credit = (Decimal(typed), Decimal(0)) if side == "D" else (Decimal(0), Decimal(typed))
        vouchers[-1].entries.append(Entry(vouchers[-1].summary, code, debit, credit))
    else:
        day, summary = line.removeprefix("* ").split(maxsplit=1)
        vouchers.append(DemoVoucher(int(day), summary, posted=not line.startswith("*")))
