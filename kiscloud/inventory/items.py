"""What is typed into a document, and what is wrong with it. Pure but for the goods that it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kiscloud.books.entries import WrongLines
from kiscloud.inventory import policy
from kiscloud.inventory.costing import ZERO, amount_of, tax_of
from kiscloud.inventory.models import DocumentLine, Good, Kind
from kiscloud.inventory.models.document import INSIDE, SELLING


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the lines; the partner is named by its code."""

    day: date
    partner: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line as it was typed; without a price that of the good holds, without a rate the good's or the usual one."""

    good: str  # its code
    quantity: Decimal | None = None
    price: Decimal | None = None
    rate: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was typed."""
        return not self.good and self.quantity is None and self.price is None


def lines_of(kind: str, items: Sequence[Item], goods: Mapping[str, Good], *, usual_rate: int) -> list[DocumentLine]:
    """The lines with their amounts, not yet saved. Raises WrongLines with a sentence for each row that cannot be."""
    filled = [item for item in items if not item.is_empty]
    problems = [(row, str(what)) for row, item in enumerate(filled, 1) if (what := _problem(kind, item, goods))]
    if not filled:
        problems.append((0, str(_("A document has at least one line."))))
    elif len(filled) > policy.LINES_MAX:
        problems.append((0, str(_("A document has at most %(most)s lines.") % {"most": policy.LINES_MAX})))
    if kind in INSIDE and len({item.good for item in filled}) < len(filled):
        problems.append((0, str(_("Each good stands in this document only once."))))
    if problems:
        raise WrongLines(problems)
    return [_line(kind, place, item, goods[item.good], usual_rate) for place, item in enumerate(filled, 1)]


def _line(kind: str, place: int, item: Item, good: Good, usual_rate: int) -> DocumentLine:
    quantity = item.quantity or ZERO
    price = _price(kind, item, good) or ZERO
    line = DocumentLine(place=place, good=good, quantity=quantity, price=price)
    if kind != Kind.COUNT:
        line.amount = amount_of(quantity, price)
    if kind not in INSIDE:
        line.rate = item.rate if item.rate is not None else usual_rate if good.tax_rate is None else good.tax_rate
        line.tax = tax_of(line.amount, line.rate)
    return line


def _price(kind: str, item: Item, good: Good) -> Decimal | None:
    return good.price if item.price is None and kind in SELLING else item.price


def _problem(kind: str, item: Item, goods: Mapping[str, Good]) -> str | Promise | None:
    good = goods.get(item.good)
    if good is None:
        return _("There is no good %(code)s.") % {"code": item.good} if item.good else _("Choose a good.")
    if good.disabled:
        return _("%(good)s is disabled.") % {"good": good}
    return _wrong_quantity(kind, item) or _wrong_price(kind, item, good)


def _wrong_quantity(kind: str, item: Item) -> str | Promise | None:
    if item.quantity is None or (item.quantity == 0 and kind != Kind.COUNT):
        return _("The quantity is missing.")
    if item.quantity < 0:
        return _("The quantity is not below nought; there are documents of their own for returns.")
    if item.quantity > policy.QUANTITY_MAX:
        return _("The quantity is too large.")
    return None


def _wrong_price(kind: str, item: Item, good: Good) -> str | Promise | None:
    price = _price(kind, item, good)
    if price is None:
        return None if kind == Kind.COUNT else _("The price is missing.")
    if price < 0:
        return _("The price is not below nought.")
    if amount_of(item.quantity or ZERO, price) > policy.AMOUNT_MAX:
        return _("The amount is too large.")
    if item.rate is not None and item.rate not in policy.RATES:
        return _("There is no such tax rate.")
    return None
