"""The books that demo sets show, and their return each night (S3.3, S3.5)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.actors import Actor, Door
from config.errors import NotFound
from kiscloud.books.demo_data import demo_books_of
from kiscloud.books.entries import Entry, Header
from kiscloud.books.models import Balance, Books, Voucher
from kiscloud.books.services.posting import post_vouchers
from kiscloud.books.services.vouchers import save_voucher
from kiscloud.models import AccountSet
from kiscloud.services.demo_sets import (
    BY_NUMBER,
    common_user,
    fill_demo_set,
    open_demo_sets,
    put_back_demo_set,
    put_back_due,
)
from tests.racing import race

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
    assert counted(demo) == [("posted", 30), ("saved", 4)]  # with the profit of the year
    demo.books.refresh_from_db()
    assert [demo.books.start_month, demo.books.month] == months
    assert Balance.objects.get(account_set=demo, month=202601, subject__code="4001").opening == 173400
    post_vouchers(actor=Actor(door=Door.CONSOLE, user=common_user()), account_set=demo)
    assert counted(demo) == [("posted", 34)]
    later = NIGHT + timedelta(days=30)
    assert len(put_back_due(now=later)) == 4
    assert [put_back_demo_set(set_id=demo.pk, now=later) for _again in range(2)] == [True, False]
    assert len(put_back_due(now=later)) == 3
    assert counted(demo) == [("posted", 29), ("saved", 4)]
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


@pytest.mark.rule("S3.5")
@pytest.mark.django_db(transaction=True)
def test_who_writes_at_that_moment_is_waited_for_or_told(settings):
    settings.TRIAL_ENVIRONMENT = True
    open_demo_sets(now=AT)
    account_set = AccountSet.objects.get(number="DEMO-PRO")
    fill_demo_set(set_id=account_set.pk)
    visitor = Actor(door=Door.CONSOLE, user=common_user())
    entries = [Entry("试", "1001", debit=Decimal(1)), Entry("试", "1002", credit=Decimal(1))]

    def act(number: int) -> object:
        if number < 2:
            return put_back_demo_set(set_id=account_set.pk, now=NIGHT)
        header = Header(day=date(2026, 1, 20))
        return save_voucher(actor=visitor, account_set=account_set, header=header, entries=entries)

    back, again, *saved = race(5, act)
    assert {back, again} == {True, False}
    assert all(isinstance(one, Voucher | NotFound) for one in saved)
    stayed = Voucher.objects.filter(account_set=account_set, summary="试").count()
    assert Voucher.objects.filter(account_set=account_set).count() == 23 + stayed
