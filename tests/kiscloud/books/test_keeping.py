"""What the database keeps by itself, whatever the code above does."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kiscloud.books.models import Balance, Books, BookUser, Line, Voucher
from kiscloud.set_contents import purge_contents
from tests.kiscloud.books.bookkeeping import MONTH, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office().open()


def refused(work):
    """The database refuses it, at the latest at commit."""
    with pytest.raises(IntegrityError):
        committed(work)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def committed(work):
    with transaction.atomic():
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sale(office):
    return office.write(("1002", "10", ""), ("5001", "", "10"))


def test_a_voucher_that_does_not_balance_never_stands(office):
    voucher = sale(office)
    line = voucher.lines.first()
    refused(lambda: Voucher.objects.filter(pk=voucher.pk).update(total=9))
    refused(lambda: Line.objects.filter(pk=line.pk).update(debit=9))
    bare = Voucher(account_set=office.set, maker=voucher.maker, month=MONTH, day=voucher.day)
    bare.keep(number=2)
    refused(lambda: bare.save(force_insert=True))


def test_lines_of_a_saved_voucher_neither_come_nor_go(office):
    voucher = sale(office)
    refused(lambda: voucher.lines.all().delete())
    more = Line(
        account_set=office.set, voucher=voucher, place=3, day=voucher.day, subject=voucher.lines.first().subject
    )
    more.debit = Decimal(0)
    refused(lambda: more.save(force_insert=True))


def test_a_posted_voucher_never_changes(office):
    voucher = sale(office)
    office.post()
    refused(lambda: Voucher.objects.filter(pk=voucher.pk).update(summary="x"))
    refused(lambda: Voucher.objects.filter(pk=voucher.pk).update(state="saved"))
    refused(lambda: Voucher.objects.filter(pk=voucher.pk)._raw_delete("default"))
    refused(lambda: voucher.lines.update(summary="x"))


def test_only_the_current_month_of_open_books_is_posted(office):
    voucher = sale(office)
    Voucher.objects.filter(pk=voucher.pk).update(
        state="audited", auditor=BookUser.objects.exclude(pk=voucher.maker_id).first()
    )
    office.books.opened_at = None
    office.books.save(update_fields=["opened_at"])
    refused(lambda: Voucher.objects.filter(pk=voucher.pk).update(state="posted"))


def test_a_whole_set_may_go(office):
    sale(office)
    office.post()
    gone = purge_contents(account_set=office.set)
    assert gone["books_line"] == 2
    assert not Balance.objects.exists()
    assert not Voucher.objects.exists()


def test_only_what_was_audited_is_posted_unless_the_books_do_without(office):
    voucher = sale(office)
    refused(lambda: Voucher.objects.filter(pk=voucher.pk).update(state="posted"))
    Books.objects.update(audit_first=False)
    committed(lambda: Voucher.objects.filter(pk=voucher.pk).update(state="posted"))
    refused(lambda: Voucher.objects.filter(pk=voucher.pk).update(state="saved"))
