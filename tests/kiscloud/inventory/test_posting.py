"""Vouchers of stock documents: what stands in them, once each, and what happens when one goes."""

from decimal import Decimal

import pytest
from django.utils import timezone

from kiscloud.books.models import Balance, Books, Subject, Voucher
from kiscloud.books.services.items import add_item
from kiscloud.books.services.people import NotGranted, place_of
from kiscloud.books.services.posting import audit_vouchers, post_vouchers
from kiscloud.books.services.reversing import make_red, reverse_voucher
from kiscloud.books.services.set_up import require_audits
from kiscloud.books.services.subjects import add_subject, next_code
from kiscloud.books.services.vouchers import MadeElsewhere, VoucherFixed, delete_voucher, void_voucher
from kiscloud.inventory.chart import NoItem, NoSubject
from kiscloud.inventory.models import Document, Kind
from kiscloud.inventory.services.documents import InVoucher
from kiscloud.inventory.services.posting import NothingToPost, NotPosted, post_documents, unpost_document
from kiscloud.set_parameters import TaxKind
from tests.kiscloud.inventory.shop import Shop
from tests.kiscloud.kis import person

pytestmark = pytest.mark.django_db


def entries(document):
    """(code, debit, credit) of the document's voucher."""
    voucher = Document.objects.get(pk=document.pk).voucher
    rows = voucher.lines.order_by("place").values_list("subject__code", "debit", "credit")
    return [(code, str(debit or ""), str(credit or "")) for code, debit, credit in rows]


def test_each_kind_of_document_says_what_it_means():
    shop = Shop()
    bought = shop.buy(("A", "10", "30"), ("B", "100", "2.5", "3"))
    sold = shop.sell(("A", "2"), ("B", "10"))
    sent_back = shop.do(Kind.PURCHASE_RETURN, ("A", "1", "30"))
    taken_back = shop.do(Kind.SALES_RETURN, ("A", "1"))
    counted = shop.do(Kind.COUNT, ("A", "7"), ("B", "91"))
    last = shop.do(Kind.PURCHASE_RETURN, ("A", "7", "31"))
    assert shop.vouch(bought, sold, sent_back, taken_back, counted, last) == 6
    assert entries(bought) == [("1405", "550.00", ""), ("22210101", "46.50", ""), ("2202", "", "596.50")]
    assert entries(sold) == [
        ("1122", "203.40", ""),
        ("5001", "", "180.00"),
        ("22210105", "", "23.40"),
        ("5401", "85.00", ""),
        ("1405", "", "85.00"),
    ]
    assert entries(sent_back) == [("1405", "-30.00", ""), ("22210101", "-3.90", ""), ("2202", "", "-33.90")]
    assert entries(taken_back)[-2:] == [("5401", "-30.00", ""), ("1405", "", "-30.00")]
    assert entries(counted) == [
        ("1405", "2.50", ""),
        ("1901", "", "2.50"),
        ("1901", "30.00", ""),
        ("1405", "", "30.00"),
    ]
    assert entries(last)[2] == ("5401", "-7.00", "")
    voucher = Document.objects.get(pk=sold.pk).voucher
    assert (voucher.kind, voucher.day, voucher.maker.name) == ("stock", sold.day, shop.makers_user.name)
    assert voucher.summary == "销售出库 XSCK-202603-0001 春风百货"


def test_small_taxpayers_have_no_input_tax():
    shop = Shop(tax_kind=TaxKind.SMALL)
    bought = shop.buy(("A", "10", "30", "13"))
    assert shop.vouch(bought) == 1
    assert entries(bought) == [("1405", "339.00", ""), ("2202", "", "339.00")]


def refused_in_books(shop, voucher):
    """Nobody deletes, voids, reverses or changes it in the books, whatever their rights there; it is as it was."""
    before = Voucher.objects.filter(pk=voucher.pk).values().get()
    for act in (delete_voucher, void_voucher, reverse_voucher):
        with pytest.raises(MadeElsewhere) as refused:
            act(actor=shop.maker, account_set=shop.set, voucher_id=voucher.pk)
        assert "inventory" in str(refused.value.hint)
    with pytest.raises(MadeElsewhere):
        shop.write(("1405", "1", ""), ("2202", "", "1"), voucher_id=voucher.pk)
    return Voucher.objects.filter(pk=voucher.pk).values().get() == before


def taken_back(shop, document):
    """The red voucher, if there is one; the document waits for another voucher."""
    red = unpost_document(actor=shop.maker, account_set=shop.set, document_id=document.pk)
    assert Document.objects.get(pk=document.pk).state == "confirmed"
    return red


@pytest.mark.usefixtures("english")
def test_a_voucher_is_taken_back_from_its_document_only_and_made_again():
    shop = Shop()
    bought = shop.buy(("A", "10", "30"))
    with pytest.raises(NotPosted):
        unpost_document(actor=shop.maker, account_set=shop.set, document_id=bought.pk)
    assert shop.vouch(bought) == 1
    with pytest.raises(NothingToPost):
        shop.vouch(bought)
    with pytest.raises(InVoucher):
        shop.void(bought)
    assert refused_in_books(shop, Voucher.objects.get())
    assert taken_back(shop, bought) is None
    assert not Voucher.objects.exists()
    shop.vouch(bought)
    audit_vouchers(actor=shop.auditor, account_set=shop.set, voucher_ids=[Voucher.objects.get().pk])
    with pytest.raises(VoucherFixed):
        taken_back(shop, bought)
    assert Document.objects.get(pk=bought.pk).state == "posted"


@pytest.mark.usefixtures("english")
def test_a_posted_voucher_is_taken_back_by_a_red_one_that_stays():
    shop = Shop()
    bought = shop.buy(("A", "10", "30"))
    shop.vouch(bought)
    shop.post()
    voucher = Voucher.objects.get()
    assert refused_in_books(shop, voucher)
    red = taken_back(shop, bought)
    assert (red.reverses_id, str(red.total)) == (voucher.pk, "-339.00")
    assert refused_in_books(shop, red)  # without it the goods would stand in the books twice
    assert shop.vouch(bought) == 1
    assert shop.post() == 2
    stands = Balance.objects.get(account_set=shop.set, subject__code="1405")
    assert stands.closing == Decimal("300.00")
    assert taken_back(shop, bought).reverses_id != voucher.pk
    assert shop.void(bought).state == "void"


def test_a_red_voucher_from_before_is_not_made_twice():
    shop = Shop()
    bought = shop.buy(("A", "10", "30"))
    shop.vouch(bought)
    shop.post()
    place = place_of(actor=shop.maker, number=shop.set.number)
    red = make_red(place=place, voucher=Voucher.objects.get(), at=timezone.now())
    assert taken_back(shop, bought) == red


def test_a_number_below_posted_ones_stays_when_its_voucher_is_taken_back():
    shop = Shop()
    require_audits(actor=shop.maker, account_set=shop.set, audit_first=False)
    bought = shop.buy(("A", "10", "30"))
    shop.vouch(bought)
    later = shop.write(("1002", "1", ""), ("5001", "", "1"))
    post_vouchers(actor=shop.maker, account_set=shop.set, voucher_ids=[later.pk])
    assert taken_back(shop, bought) is None
    assert Voucher.objects.get(number=1).state == "void"


def test_opening_stock_and_what_amounts_to_nought_get_no_voucher():
    shop = Shop()
    opening = shop.do(Kind.OPENING, ("A", "10", "30"))
    exact, gift = shop.do(Kind.COUNT, ("A", "10")), shop.buy(("B", "1", "0"))
    with pytest.raises(NothingToPost):
        shop.vouch(opening, exact, gift)


def test_what_was_left_behind_stands_in_the_open_period():
    shop = Shop()
    bought = shop.buy(("A", "10", "30"))
    Books.objects.filter(account_set=shop.set).update(month=202604)
    shop.vouch(bought)
    assert str(Document.objects.get(pk=bought.pk).voucher.day) == "2026-04-01"


def below(shop, code, name, unit=""):
    """A subject of this name below that of this code."""
    parent = Subject.objects.get(account_set=shop.set, code=code)
    place = place_of(actor=shop.maker, number=shop.set.number)
    facts = {"parent_id": parent.pk, "code": next_code(place=place, parent=parent), "name": name, "unit": unit}
    add_subject(actor=shop.maker, account_set=shop.set, **facts)


def test_subjects_below_are_found_by_name():
    shop = Shop()
    bought = shop.buy(("A", "1", "30"), ("B", "1", "2"))
    below(shop, "2202", "华强电子")
    below(shop, "1405", "蓝牙音箱", "件")
    with pytest.raises(NoSubject) as refused:
        shop.vouch(bought)
    assert "数据线" in str(refused.value)
    assert not Voucher.objects.exists()
    below(shop, "1405", "数据线")
    shop.vouch(bought)
    assert [code for code, _debit, _credit in entries(bought)] == ["140501", "140502", "22210101", "220201"]
    assert list(Voucher.objects.get().lines.values_list("quantity", flat=True))[:2] == [Decimal(1), None]


def test_subjects_broken_down_name_the_partner():
    shop = Shop()
    bought = shop.buy(("A", "1", "30"))
    Subject.objects.filter(account_set=shop.set, code="2202").update(item_kind="supplier")
    with pytest.raises(NoItem):
        shop.vouch(bought)
    add_item(actor=shop.maker, account_set=shop.set, kind="supplier", code="S1", name="华强电子")
    shop.vouch(bought)
    assert Voucher.objects.get().lines.get(subject__code="2202").item.code == "S1"


def test_books_with_fewer_levels_keep_tax_further_up():
    shop = Shop(code_lengths=(4,))
    bought = shop.buy(("A", "1", "100"))
    shop.vouch(bought)
    assert entries(bought)[1] == ("2221", "13.00", "")


def test_storekeepers_enter_and_bookkeepers_post():
    shop = Shop()
    bought = shop.buy(("A", "1", "100"))
    keeper, viewer = shop.add("storekeepers"), shop.add()
    for user in (keeper, viewer):
        with pytest.raises(NotGranted):
            post_documents(actor=person(user), account_set=shop.set, document_ids=[bought.pk])
        with pytest.raises(NotGranted):
            unpost_document(actor=person(user), account_set=shop.set, document_id=bought.pk)
    booker = shop.add("bookkeepers")
    assert post_documents(actor=person(booker), account_set=shop.set, document_ids=[bought.pk]).done == 1
