"""The books that demo sets show, and their return each night (S3.3, S3.5)."""

from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor, Door
from kiscloud.books.demo_data import demo_books_of
from kiscloud.books.models import Balance, Books, Voucher
from kiscloud.books.services.posting import post_vouchers
from kiscloud.models import AccountSet
from kiscloud.services.demo_sets import (
    BY_NUMBER,
    common_user,
    fill_demo_set,
    open_demo_sets,
    put_back_demo_set,
    put_back_due,
)

AT = datetime.fromisoformat("2026-02-10T10:00:00+08:00")  # so the first month is a December
NIGHT = datetime.fromisoformat("2026-02-11T04:00:00+08:00")


@pytest.mark.rule("S3.3")
@pytest.mark.parametrize("number", BY_NUMBER)
def test_each_shows_books_of_its_own_that_balance(number):
    books = demo_books_of(number)
    for voucher in [*books.first, *books.second]:
        debit, credit = (sum(getattr(one, side) for one in voucher.entries) for side in ("debit", "credit"))
        assert debit == credit > 0
        assert 1 <= voucher.day <= 28
    makes_things = {"1403", "4001", "4101"} <= {one.subject for row in books.first for one in row.entries}
    assert makes_things is (number == "DEMO-FLAG-M")


@pytest.fixture
def demo(db, settings) -> AccountSet:
    """That of the manufacturing company, still empty."""
    settings.TRIAL_ENVIRONMENT = True
    open_demo_sets(now=AT)
    return AccountSet.objects.select_related("books").get(number="DEMO-FLAG-M")


def counted(account_set: AccountSet) -> list[tuple[str, int]]:
    found = Voucher.objects.filter(account_set=account_set)
    return sorted((state, found.filter(state=state).count()) for state in set(found.values_list("state", flat=True)))


@pytest.mark.rule("S3.3", "S3.5")
def test_what_visitors_changed_goes_at_night_and_the_months_come_along(demo, browse, manager):
    for _again in range(2):
        fill_demo_set(set_id=demo.pk)
    months = [202512, 202601]
    assert counted(demo) == [("posted", 30), ("saved", 2)]  # with the profit of the year
    demo.books.refresh_from_db()
    assert [demo.books.start_month, demo.books.month] == months
    assert Balance.objects.get(account_set=demo, month=202601, subject__code="4001").opening == 173400
    post_vouchers(actor=Actor(door=Door.CONSOLE, user=common_user()), account_set=demo)
    assert counted(demo) == [("posted", 32)]
    later = NIGHT + timedelta(days=30)
    assert len(put_back_due(now=later)) == 4
    assert [put_back_demo_set(set_id=demo.pk, now=later) for _again in range(2)] == [True, False]
    assert len(put_back_due(now=later)) == 3
    assert counted(demo) == [("posted", 29), ("saved", 2)]
    assert Books.objects.get(account_set=demo).start_month == 202601
    assert "宁波华锐精密机械制造有限公司" in browse(manager).get("/sets/DEMO-FLAG-M/").text


@pytest.mark.rule("S3.1", "S3.5")
def test_only_demo_sets_are_put_back_and_once_a_night(demo, settings):
    assert put_back_due(now=NIGHT - timedelta(seconds=1)) == []
    assert not put_back_demo_set(set_id=demo.pk, now=NIGHT - timedelta(seconds=1))
    assert len(put_back_due(now=NIGHT)) == 4
    settings.TRIAL_ENVIRONMENT = False
    assert put_back_due(now=NIGHT) == []
    assert not put_back_demo_set(set_id=demo.pk, now=NIGHT)
