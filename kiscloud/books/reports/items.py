"""核算项目余额表: what stands on each item of a kind in a month, subject by subject."""

from dataclasses import dataclass
from decimal import Decimal

from kiscloud.books.models import Item
from kiscloud.books.reports.figures import ZERO, Figures, details_of
from kiscloud.models import AccountSet


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item on a subject."""

    item: Item
    figures: Figures


@dataclass(frozen=True, slots=True)
class ItemBalances:
    """The rows by item and subject, and the sums of opening, debit, credit and closing; signed."""

    rows: list[ItemRow]
    sums: list[Decimal]


def item_balances(account_set: AccountSet, kind: str, month: int, *, waiting: bool = False) -> ItemBalances:
    """Of all items of the kind on which something stands or moved in the month or the year."""
    items = {one.pk: one for one in Item.objects.filter(account_set=account_set, kind=kind)}
    found = [one for one in details_of(account_set, month, waiting=waiting) if one.item in items and not one.is_empty]
    rows = [ItemRow(items[one.item or 0], one) for one in found]
    rows.sort(key=lambda row: (row.item.code, row.figures.code))
    columns = zip(*((one.opening, one.debit, one.credit, one.closing) for one in found), strict=True)
    return ItemBalances(rows, [sum(column, ZERO) for column in columns] or [ZERO] * 4)
