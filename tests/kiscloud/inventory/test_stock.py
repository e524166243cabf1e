"""Stock: what documents move, what goods cost to the fen, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from config.errors import InputError, NotFound
from config.states import MoveRefused
from kiscloud.books.entries import WrongLines
from kiscloud.books.models import Books
from kiscloud.inventory.costing import Held
from kiscloud.inventory.models import Document, DocumentLine, Good, Kind, Stock
from kiscloud.inventory.services.documents import DocumentFixed, PeriodClosed, delete_document
from kiscloud.inventory.services.stock import CannotGoBack, NoCostKnown, NotOnHand, ValueBelowNought
from kiscloud.set_parameters import TaxKind
from tests.kiscloud.inventory.shop import Shop
from tests.states import every_move, outcome

pytestmark = pytest.mark.django_db
ALLOWED = {
    ("draft", "confirm"): "confirmed",
    ("confirmed", "post"): "posted",
    ("posted", "release"): "confirmed",
    ("confirmed", "void"): "void",
}
ARGUMENTS = {"confirm": {"number": 1, "by": None, "at": None}, "post": {"voucher": None}}


@pytest.mark.parametrize(("state", "move"), every_move(Document, "state"))
def test_every_move_of_a_document(state, move):
    assert outcome(Document(state=state), "state", move, **ARGUMENTS.get(move, {})) == ALLOWED.get((state, move))


def test_the_last_piece_takes_the_rest():
    held, costs = Held(Decimal(3), Decimal("10.00")), []
    while held.quantity:
        costs.append(str(held.share(Decimal(1))))
        held = held.after(Decimal(-1), -held.share(Decimal(1)))
    assert costs == ["3.33", "3.34", "3.33"]
    assert held.value == 0
    assert Held(Decimal(2), Decimal("0.01")).share(Decimal(1)) == Decimal("0.01")  # half a fen goes up


def test_a_worked_example_of_the_moving_average():
    shop = Shop()
    shop.do(Kind.OPENING, ("A", "10", "30"))
    shop.buy(("A", "20", "33.335"), ("B", "7", "1"))  # 666.70; 966.70 for 30
    assert shop.held() == ("30", "966.70")
    sale = shop.sell(("A", "7"))
    assert (sale.cost, sale.total) == (Decimal("-225.56"), Decimal("395.50"))  # 32.2233… each; sold at 50 and 13 %
    assert shop.held() == ("23", "741.14")
    shop.buy(("A", "0.5", "40", "0"))
    assert shop.held() == ("23.5", "761.14")
    back = shop.do(Kind.SALES_RETURN, ("A", "2"))
    assert back.cost == Decimal("64.78")  # 32.3889… each
    assert shop.do(Kind.PURCHASE_RETURN, ("A", "5", "33.335")).cost == Decimal("-166.68")
    assert shop.held() == ("20.5", "659.24")
    found = shop.do(Kind.COUNT, ("A", "19"), ("B", "8"))
    assert [str(line.cost) for line in found.lines.all()] == ["-48.24", "1.00"]
    assert shop.sell(("A", "18.9999"), ("A", "0.0001")).cost == Decimal("-611.00")
    assert shop.held() == ("0", "0.00")
    sums = DocumentLine.objects.filter(document__in=Document.objects.counting(), good__code="A").values_list(
        "moved", "cost"
    )
    assert [sum(column) for column in zip(*sums, strict=True)] == [0, 0]


def test_amounts_are_rounded_half_up_and_small_taxpayers_pay_tax_as_a_cost():
    shop = Shop(tax_kind=TaxKind.SMALL)
    line = shop.buy(("A", "3", "0.115", "13")).lines.get()
    assert (line.amount, line.tax) == (Decimal("0.35"), Decimal("0.05"))
    assert shop.held() == ("3", "0.40")
    assert shop.sell(("A", "1")).lines.get().rate == 1


def test_nobody_sells_more_than_is_there():
    shop = Shop()
    shop.buy(("A", "3", "10"))
    draft = shop.draft(Kind.SALE, ("A", "2"), ("A", "1.5"))
    with pytest.raises(NotOnHand) as refused:
        shop.confirm(draft)
    assert str(refused.value.facts["wanted"]) == "3.5"
    for word in ("A 蓝牙音箱", "3.5 件", "3 件"):
        assert word in str(refused.value)
    assert shop.held() == ("3", "30.00")
    assert Document.objects.get(pk=draft.pk).number is None


def test_a_return_leaves_no_value_without_pieces_and_no_debt():
    shop = Shop()
    shop.buy(("A", "2", "10"))
    with pytest.raises(ValueBelowNought):
        shop.do(Kind.PURCHASE_RETURN, ("A", "1", "21"))
    assert shop.do(Kind.PURCHASE_RETURN, ("A", "2", "21")).cost == Decimal("-20.00")
    assert shop.do(Kind.SALES_RETURN, ("A", "1")).cost == Decimal("10.00")  # what it last cost
    with pytest.raises(NoCostKnown):
        shop.do(Kind.SALES_RETURN, ("B", "1"))
    assert shop.do(Kind.COUNT, ("B", "3", "2.5")).cost == Decimal("7.50")


def test_a_void_document_counts_nothing_and_keeps_its_number():
    shop = Shop()
    bought = shop.buy(("A", "2", "10"))
    sold = shop.sell(("A", "1"))
    with pytest.raises(CannotGoBack):
        shop.void(bought)
    assert str(shop.void(sold)) == "XSCK-202603-0001"
    assert shop.held() == ("2", "20.00")
    assert str(shop.sell(("A", "1"))) == "XSCK-202603-0002"
    with pytest.raises(MoveRefused):
        shop.void(sold)


def test_numbers_begin_anew_for_each_kind_and_month():
    shop = Shop()
    made = [shop.buy(("A", "9", "1")), shop.sell(("A", "1")), shop.buy(("A", "1", "1"))]
    made.append(shop.buy(("A", "1", "1"), day=date(2026, 4, 1)))
    assert [str(one).split("-", 1)[1] for one in made] == ["202603-0001", "202603-0001", "202603-0002", "202604-0001"]


def test_closed_months_take_nothing_and_keep_what_they_have():
    shop = Shop()
    bought, draft = shop.buy(("A", "2", "10")), shop.draft(Kind.SALE, ("A", "1"))
    Books.objects.filter(account_set=shop.set).update(month=202604)
    for act in (lambda: shop.void(bought), lambda: shop.confirm(draft)):
        with pytest.raises(PeriodClosed):
            act()
    with pytest.raises(InputError):
        shop.draft(Kind.SALE, ("A", "1"))


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (Kind.SALE, []),
        (Kind.SALE, [("X", "1")]),
        (Kind.SALE, [("A", "")]),
        (Kind.SALE, [("A", "0")]),
        (Kind.SALE, [("A", "-1")]),
        (Kind.PURCHASE, [("A", "1")]),
        (Kind.PURCHASE, [("A", "1", "2", "7")]),
        (Kind.PURCHASE, [("A", "999999999", "999999999")]),
        (Kind.COUNT, [("A", "1"), ("A", "2")]),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(kind, rows):
    with pytest.raises(WrongLines):
        Shop().draft(kind, *rows)


def test_only_drafts_change_or_go():
    shop = Shop()
    draft = shop.draft(Kind.PURCHASE, ("A", "1", "1"))
    changed = shop.draft(Kind.PURCHASE, ("B", "2", "3"), document_id=draft.pk)
    assert [line.good.code for line in changed.lines.all()] == ["B"]
    done = shop.confirm(changed)
    with pytest.raises(DocumentFixed):
        shop.draft(Kind.PURCHASE, ("A", "1", "1"), document_id=done.pk)
    with pytest.raises(DocumentFixed):
        delete_document(actor=shop.maker, account_set=shop.set, document_id=done.pk)
    other = shop.draft(Kind.PURCHASE, ("A", "1", "1"))
    delete_document(actor=shop.maker, account_set=shop.set, document_id=other.pk)
    assert not Document.objects.filter(pk=other.pk).exists()


def test_partners_and_codes_fit():
    shop = Shop()
    for kind, partner in ((Kind.SALE, "S"), (Kind.PURCHASE, "C"), (Kind.SALE, "?"), (Kind.SALE, "")):
        with pytest.raises(InputError):
            shop.draft(kind, ("A", "1", "1"), partner=partner)
    for code in ("A", "a b", "", "长"):
        with pytest.raises(InputError):
            shop.good(code)
    assert Stock.objects.count() == Good.objects.count() == 2


def test_documents_of_another_set_are_not_there():
    shop, other = Shop(), Shop()
    foreign = other.draft(Kind.PURCHASE, ("A", "1", "1"))
    with pytest.raises(NotFound):
        shop.confirm(foreign)
