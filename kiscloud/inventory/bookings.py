"""What a document means to the books: its entries, by the chart of small enterprises. Pure.

A return is its purchase or sale in red. What a return to a supplier is worth more or less than it cost goes to the cost
of sales; what a count finds or misses waits for a decision (待处理财产损溢).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kiscloud.inventory.costing import ZERO
from kiscloud.inventory.models import Document, DocumentLine, Kind

# Codes of the chart's data, whose lower levels have two digits.
GOODS: Final = "1405"
RECEIVABLE: Final = "1122"
PENDING: Final = "1901"
PAYABLE: Final = "2202"
INPUT_TAX: Final = "22210101"
OUTPUT_TAX: Final = "22210105"
INCOME: Final = "5001"
COST: Final = "5401"
WORDS: Final = {  # what stands in books is Chinese
    Kind.PURCHASE: "采购入库",
    Kind.SALE: "销售出库",
    Kind.PURCHASE_RETURN: "采购退货",
    Kind.SALES_RETURN: "销售退货",
    Kind.COUNT: "库存盘点",
}


@dataclass(frozen=True, slots=True)
class Booking:
    """An amount on a side of a subject; `name` finds the one below it, where it has subjects of its own.

    Red amounts are below nought.
    """

    subject: str
    name: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    quantity: Decimal | None = None


def summary_of(document: Document) -> str:
    """What each line of the voucher says."""
    partner = document.partner.name if document.partner else document.note
    return f"{WORDS[Kind(document.kind)]} {document} {partner}".strip()


def bookings_of(document: Document, lines: Sequence[DocumentLine], *, small: bool) -> list[Booking]:
    """The entries, one a line and subject; both sides are equal. `small`: purchase tax is part of the cost."""
    if document.kind in (Kind.PURCHASE, Kind.PURCHASE_RETURN):
        return _bought(document, lines, small=small)
    if document.kind in (Kind.SALE, Kind.SALES_RETURN):
        return _sold(document, lines)
    return _counted(lines)


def _bought(document: Document, lines: Sequence[DocumentLine], *, small: bool) -> list[Booking]:
    sign = 1 if document.kind == Kind.PURCHASE else -1

    def paid(line: DocumentLine) -> Decimal:
        return line.with_tax if small else line.amount

    found = _each(lines, lambda one: Booking(GOODS, one.good.name, debit=one.cost, quantity=one.moved))
    if not small:
        found += _each(lines, lambda one: Booking(INPUT_TAX, f"{one.rate}%", debit=sign * one.tax))
    found += _each(lines, lambda one: Booking(COST, one.good.name, debit=sign * paid(one) - one.cost))
    return [*found, *_each(lines, lambda one: Booking(PAYABLE, _partner(document), credit=sign * one.with_tax))]


def _sold(document: Document, lines: Sequence[DocumentLine]) -> list[Booking]:
    sign = 1 if document.kind == Kind.SALE else -1
    return [
        *_each(lines, lambda one: Booking(RECEIVABLE, _partner(document), debit=sign * one.with_tax)),
        *_each(lines, lambda one: Booking(INCOME, one.good.name, credit=sign * one.amount)),
        *_each(lines, lambda one: Booking(OUTPUT_TAX, f"{one.rate}%", credit=sign * one.tax)),
        *_each(lines, lambda one: Booking(COST, one.good.name, debit=-one.cost)),
        *_each(lines, lambda one: Booking(GOODS, one.good.name, credit=-one.cost, quantity=-one.moved)),
    ]


def _counted(lines: Sequence[DocumentLine]) -> list[Booking]:
    more, less = [one for one in lines if one.cost > 0], [one for one in lines if one.cost < 0]
    return [
        *_each(more, lambda one: Booking(GOODS, one.good.name, debit=one.cost, quantity=one.moved)),
        *_each(more, lambda one: Booking(PENDING, one.good.name, credit=one.cost)),
        *_each(less, lambda one: Booking(PENDING, one.good.name, debit=-one.cost)),
        *_each(less, lambda one: Booking(GOODS, one.good.name, credit=-one.cost, quantity=-one.moved)),
    ]


def _each(lines: Iterable[DocumentLine], made: Callable[[DocumentLine], Booking]) -> list[Booking]:
    return [made(line) for line in lines]


def _partner(document: Document) -> str:
    return document.partner.name if document.partner else ""
