"""The shape of a table: rows stream out of the database, cells into a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Account
from finance.worksheet import Cell

Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """`found` narrows, `order` sorts, `columns` are what the database is asked for, `cells` what the file holds."""

    title: str | Promise
    slug: str | Promise  # of the file's name
    found: Callable[[Account, Mapping[str, Any]], Rows]
    order: Sequence[str]
    columns: Sequence[str]
    titles: Callable[[], list[str]]
    widths: Sequence[int]
    cells: Callable[[int, Sequence[Any]], list[Cell]]  # of a row, for the account of this id
    marked: bool = True  # for spreadsheet programs, which else take UTF-8 for something older

    def rows(self, account: Account, asked: Mapping[str, Any]) -> Rows:
        """In the order of the file."""
        return self.found(account, asked).order_by(*self.order).values_list(*self.columns)


def clock(moment: datetime) -> str:
    """Date and time here."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
