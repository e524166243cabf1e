"""Many at the same moment: the last piece is sold once, and no document is in two vouchers."""

import pytest

from kiscloud.books.models import Voucher
from kiscloud.inventory.models import Document, Kind
from kiscloud.inventory.services.stock import NotOnHand
from tests.kiscloud.inventory.shop import Shop
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_piece_is_sold_once_and_a_document_is_posted_once():
    shop = Shop()
    bought = shop.buy(("A", "1", "10"), ("B", "5", "2"))
    drafts = [shop.draft(Kind.SALE, *rows) for rows in ([("A", "1"), ("B", "1")], [("B", "1"), ("A", "1")])]
    results = race(2, lambda number: shop.confirm(drafts[number]))
    assert [isinstance(result, NotOnHand) for result in results].count(True) == 1
    assert (shop.held("A"), shop.held("B")) == (("0", "0.00"), ("4", "8.00"))
    race(3, lambda _number: shop.vouch(bought))
    assert Voucher.objects.count() == 1
    assert Document.objects.get(pk=bought.pk).voucher == Voucher.objects.get()
