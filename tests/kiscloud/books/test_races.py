"""Many bookkeepers at once: numbers follow each other without gaps, and nothing is posted twice."""

import pytest

from kiscloud.books.models import Voucher
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.services.posting import Done, audit_vouchers, post_vouchers
from tests.kiscloud.books.bookkeeping import MONTH, Office
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_numbers_have_no_gaps_whoever_saves_at_the_same_moment():
    office = Office().open()
    results = race(8, lambda _n: [office.write(("1002", "10", ""), ("5001", "", "10")) for _turn in range(5)])
    assert all(isinstance(result, list) for result in results)
    assert sorted(Voucher.objects.values_list("number", flat=True)) == list(range(1, 41))


def test_what_many_post_at_once_is_posted_once():
    office = Office().open()
    ids = [office.write(("1002", "10", ""), ("5001", "", "10")).pk for _turn in range(20)]
    audit_vouchers(actor=office.auditor, account_set=office.set, voucher_ids=ids)
    results = race(6, lambda _n: post_vouchers(actor=office.auditor, account_set=office.set))
    assert sum(result.done for result in results if isinstance(result, Done)) == 20
    assert balance_sheet(office.set, MONTH).line(1).first == 200
