"""What the database keeps by itself, whatever the code above does."""

import pytest
from django.db import connection, transaction

from kiscloud.inventory.models import Document, DocumentLine, Good, Stock
from kiscloud.set_contents import purge_contents
from tests.kiscloud.books.test_keeping import refused
from tests.kiscloud.inventory.shop import Shop

pytestmark = pytest.mark.django_db


def test_a_confirmed_document_stays_as_it_is():
    shop = Shop()
    bought = shop.buy(("A", "2", "10"))
    here, lines = Document.objects.filter(pk=bought.pk), bought.lines.all()
    refused(lambda: here.update(note="x"))
    refused(lambda: here.update(total=1))
    refused(lambda: here.update(state="draft"))
    refused(lambda: here.update(state="posted"))
    refused(lambda: here._raw_delete("default"))
    refused(lambda: lines.update(quantity=3))
    refused(lines.delete)
    more = DocumentLine(account_set=shop.set, document=bought, place=2, good=Good.objects.first(), day=bought.day)
    more.quantity = 1
    refused(lambda: more.save(force_insert=True))
    shop.vouch(bought)
    refused(lambda: here.update(voucher=None))
    refused(lambda: here.update(state="void", voucher=None))


def test_a_document_is_the_sum_of_its_lines():
    shop = Shop()
    draft = shop.draft("purchase", ("A", "2", "10"))
    maker = draft.maker_id
    wrong = {"state": "confirmed", "number": 1, "confirmer_id": maker, "total": 9}
    refused(lambda: Document.objects.filter(pk=draft.pk).update(**wrong))
    refused(lambda: Document.objects.filter(pk=draft.pk).update(**{**wrong, "total": draft.total, "state": "void"}))
    bare = Document.objects.create(account_set=shop.set, kind="count", day=draft.day, month=draft.month, maker_id=maker)
    refused(lambda: Document.objects.filter(pk=bare.pk).update(state="confirmed", number=1))


def test_stock_is_never_below_nought_and_worth_nothing_when_empty():
    shop = Shop()
    shop.buy(("A", "2", "10"))
    here = Stock.objects.filter(good__code="A")
    refused(lambda: here.update(quantity=-1))
    refused(lambda: here.update(value=-1))
    refused(lambda: here.update(quantity=0))


def test_a_good_of_another_set_stands_in_no_document():
    shop, other = Shop(), Shop()
    draft = shop.draft("purchase", ("A", "2", "10"))
    foreign = Good.objects.filter(account_set=other.set).first()
    line = DocumentLine(account_set=shop.set, document=draft, place=2, good=foreign, day=draft.day, quantity=1)
    refused(lambda: line.save(force_insert=True))


def test_a_whole_set_may_go():
    shop = Shop()
    shop.vouch(shop.buy(("A", "2", "10")))
    with transaction.atomic(), connection.cursor() as cursor:
        gone = purge_contents(account_set=shop.set)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert gone["inventory_documentline"] == 1
    assert not Good.objects.exists()
