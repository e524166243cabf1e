"""How documents move stock. The caller holds the books; here the stock of each good is locked, in the order of ids."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from config.errors import DomainError
from kiscloud.books.models import Books
from kiscloud.inventory.costing import ZERO, Held, rounded
from kiscloud.inventory.models import Document, DocumentLine, Good, Kind, Stock
from kiscloud.set_parameters import TaxKind


class NotOnHand(DomainError):
    """Stock is never below nought."""

    code = "not_on_hand"
    sentence = _("Of “%(good)s” %(wanted)s %(unit)s are wanted and %(held)s %(unit)s are on hand.")
    hint = _("Confirm the receipt first, or count the stock.")


class NoCostKnown(DomainError):
    """What was never there has no cost."""

    code = "no_cost_known"
    sentence = _("“%(good)s” was never in stock, so its cost is not known.")
    hint = _("Enter its opening stock or a purchase first; in a count, enter the unit price.")


class ValueBelowNought(DomainError):
    """More money would leave than stands there."""

    code = "value_below_nought"
    sentence = _("Of “%(good)s” stock has a value of %(value)s yuan, and %(wanted)s would leave.")
    hint = _("Check the price of the return.")


class CannotGoBack(DomainError):
    """What came is no longer there as it came."""

    code = "cannot_go_back"
    sentence = _("Without this document “%(good)s” would be left with %(quantity)s %(unit)s worth %(value)s yuan.")
    hint = _("Enter a return or a count instead.")


def move_stock(*, books: Books, document: Document, lines: Sequence[DocumentLine]) -> Sequence[DocumentLine]:
    """Stock has moved as the lines say, each of which now names what it moved and what that cost (not saved).

    Raises NotOnHand, NoCostKnown, ValueBelowNought.
    """
    stocks = _locked(lines)
    if document.kind in (Kind.SALE, Kind.PURCHASE_RETURN):
        _require_on_hand(lines, stocks)
    for line in lines:
        stock = stocks[line.good_id]
        held = Held(stock.quantity, stock.value)
        line.moved, line.cost = _moved(books, document, line, held)
        after = held.after(line.moved, line.cost)
        if not after.is_sound:
            raise ValueBelowNought(good=str(line.good), value=held.value, wanted=-line.cost)
        stock.quantity, stock.value = after.quantity, after.value
    _keep(stocks.values())
    return lines


def move_back(*, document: Document) -> None:
    """Stock is as it were without the document, to the fen. Raises CannotGoBack."""
    lines = list(document.lines.select_related("good"))
    stocks = _locked(lines)
    for line in lines:
        stock = stocks[line.good_id]
        stock.quantity, stock.value = stock.quantity - line.moved, stock.value - line.cost
    goods = {line.good_id: line.good for line in lines}
    for stock in stocks.values():
        if not Held(stock.quantity, stock.value).is_sound:
            good = goods[stock.good_id]
            left = stock.quantity.normalize()
            raise CannotGoBack(good=str(good), quantity=left, unit=good.unit, value=stock.value)
    _keep(stocks.values())


def _locked(lines: Iterable[DocumentLine]) -> dict[int, Stock]:
    goods = {line.good_id for line in lines}
    rows = Stock.objects.select_for_update(no_key=True).filter(good__in=goods).order_by("good_id")
    return {stock.good_id: stock for stock in rows}


def _keep(stocks: Iterable[Stock]) -> None:
    Stock.objects.bulk_update(stocks, ["quantity", "value"])


def _require_on_hand(lines: Sequence[DocumentLine], stocks: dict[int, Stock]) -> None:
    """Together the lines of a good take no more than is there."""
    wanted: dict[int, Decimal] = {}
    for line in lines:
        wanted[line.good_id] = total = wanted.get(line.good_id, Decimal(0)) + line.quantity
        if total > (held := stocks[line.good_id].quantity):
            good = line.good
            whole = sum((one.quantity for one in lines if one.good_id == good.pk), Decimal(0))
            raise NotOnHand(good=str(good), unit=good.unit, wanted=whole.normalize(), held=held.normalize())


def _moved(books: Books, document: Document, line: DocumentLine, held: Held) -> tuple[Decimal, Decimal]:
    """What the line moves and what that costs, both below nought where goods leave."""
    paid = line.with_tax if books.tax_kind == TaxKind.SMALL else line.amount  # only others get purchase tax back
    if document.kind in (Kind.PURCHASE, Kind.OPENING):
        return line.quantity, paid
    if document.kind == Kind.SALE:
        return -line.quantity, -held.share(line.quantity)
    if document.kind == Kind.PURCHASE_RETURN:
        return -line.quantity, -(held.value if line.quantity == held.quantity else paid)
    if document.kind == Kind.SALES_RETURN:
        return line.quantity, _gained(line.good, line.quantity, held, None)
    off = line.quantity - held.quantity
    return off, -held.share(-off) if off < 0 else _gained(line.good, off, held, line.price or None)


def _gained(good: Good, quantity: Decimal, held: Held, price: Decimal | None) -> Decimal:
    """What found or returned pieces are worth: the average; where nothing is left the price, or what they last cost."""
    if not quantity:
        return ZERO
    if held.quantity:
        return rounded(held.value * quantity / held.quantity)
    if price is not None:
        return rounded(quantity * price)
    last = DocumentLine.objects.filter(good=good, document__in=Document.objects.counting()).exclude(moved=0)
    found = last.order_by("-document__confirmed_at", "-pk").first()
    if found is None:
        raise NoCostKnown(good=str(good))
    return rounded(found.cost * quantity / found.moved)
