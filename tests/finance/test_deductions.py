"""Which commitment and which voucher is used first, and how a vendor chooses otherwise. No database."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from finance import policy
from finance.cycles import ZONE
from finance.deductions import commitments_in_order, vouchers_in_order
from finance.models import Commitment, Voucher
from tests.finance.funds import D

END = datetime(2026, 3, 1, tzinfo=ZONE)
DAY = timedelta(days=1)


def vouchers() -> list[Voucher]:
    """Of everything and small, of everything and large, of one product."""
    facts = [(1, None, D("1"), END + DAY), (2, None, D("5"), END), (3, 7, D("9"), END + 2 * DAY)]
    return [Voucher(pk=pk, product_id=product, balance=left, valid_until=end) for pk, product, left, end in facts]


def ids(rows) -> list[int]:
    return [row.pk for row in rows]


def test_the_narrower_voucher_pays_first_then_the_one_that_ends(monkeypatch):
    assert ids(vouchers_in_order(vouchers())) == [3, 2, 1]
    monkeypatch.setattr(policy, "VOUCHERS_FIRST", ["ends", "scope", "left"])
    assert ids(vouchers_in_order(vouchers())) == [2, 1, 3]
    monkeypatch.setattr(policy, "VOUCHERS_FIRST", ["left", "scope", "ends"])
    assert ids(vouchers_in_order(vouchers())) == [1, 2, 3]


def test_savings_plans_cover_last_unless_the_vendor_chose_otherwise(monkeypatch):
    plan = Commitment(pk=1, kind="savings", valid_from=END, valid_until=END + DAY)
    reserved = Commitment(pk=2, kind="reserved", valid_from=END, valid_until=END + 2 * DAY)
    assert ids(commitments_in_order([plan, reserved])) == [2, 1]
    monkeypatch.setattr(policy, "COMMITMENTS_FIRST", ["ends", "kind", "begins"])
    assert ids(commitments_in_order([plan, reserved])) == [1, 2]


def test_the_environment_names_words_in_another_order_and_no_others(monkeypatch):
    monkeypatch.setenv("VOUCHERS_FIRST", "left, ends")
    assert env.ordering("VOUCHERS_FIRST", "scope,ends,left") == ["left", "ends", "scope"]
    monkeypatch.setenv("VOUCHERS_FIRST", "age")
    with pytest.raises(ImproperlyConfigured):
        env.ordering("VOUCHERS_FIRST", "scope,ends,left")
