"""Statements: issued when their month is over and billed, confirmed by the account or its manager."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import PointMissing
from accounts.models import Event
from accounts.permissions import P1, P2, Role
from config.errors import NotAllowed, NotFound
from finance import policy
from finance.models import BillingShard, Statement
from finance.services.credit_repayment import repay_credit
from finance.services.statements import NotConfirmable, confirm_statement, issue_statements
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_operator, make_relationship
from tests.finance.billing import (
    AUGUST,
    JULY,
    JUNE,
    LATER,
    check_sums,
    confirmed,
    issued,
    lend,
    make_line,
    make_refund,
    statement_of,
)
from tests.finance.funds import D, fresh_key, mover, top_up
from tests.racing import race

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 7, 2, 4, tzinfo=UTC)  # 12:00 in Shanghai
SECOND = timedelta(seconds=1)


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member, points=P2)


def confirm(statement, by, through=None, **more):
    return confirm_statement(actor=mover(by), statement_id=statement.pk, through=through and through.pk, **more)


def test_a_month_is_issued_once_it_is_over_for_a_while(member):
    make_line(member, "30.00")
    assert issue_statements(now=NOON - SECOND) == 0
    assert statement_of(member).state == "draft"
    assert issue_statements(now=NOON) == 1
    statement = statement_of(member)
    assert (statement.state, statement.issued_at) == ("to_confirm", NOON)
    assert statement.due_on == NOON.date() + policy.STATEMENT_DUE_AFTER
    assert issue_statements(now=LATER) == 0
    assert Event.objects.filter(kind="statement.issued").count() == 1


def test_with_usage_a_month_is_issued_once_everything_is_billed_to_its_end(member):
    make_line(member, "30.00")
    end = datetime(2025, 6, 30, 16, tzinfo=UTC)
    BillingShard.objects.all().delete()
    BillingShard.objects.bulk_create(
        [
            BillingShard(number=1, billed_until=end + timedelta(days=5)),
            BillingShard(number=2, billed_until=end - SECOND),
        ]
    )
    assert issue_statements(now=LATER) == 0
    BillingShard.objects.filter(number=2).update(billed_until=end)
    assert issue_statements(now=end - SECOND) == 0
    assert issue_statements(now=end) == 1


def test_a_later_line_goes_to_the_next_month(member):
    make_line(member, "30.00")
    issued(member, now=NOON)
    assert make_line(member, "5.00").statement == statement_of(member, JULY)
    check_sums(member)


def test_a_month_without_any_amount_is_settled_at_once(member):
    make_line(member, "30.00")
    make_refund(member, "30.00")
    statement = issued(member)
    assert (statement.state, statement.lines, statement.payable, statement.due) == ("settled", 2, 0, 0)
    check_sums(member)


def test_what_came_back_lowers_months_that_still_owe_oldest_first(member):
    make_line(member, "30.00", JUNE)
    make_line(member, "40.00", JULY)
    make_refund(member, "50.00", AUGUST)
    issue_statements(now=LATER)
    june, july, august = (statement_of(member, at) for at in (JUNE, JULY, AUGUST))
    assert (june.due, july.due, august.due) == (0, 20, 0)
    assert (june.waived, july.waived, august.waived) == (30, 20, -50)
    assert (june.payable, august.payable) == (30, -50)
    assert (june.state, august.state) == ("to_confirm", "to_confirm")
    check_sums(member)


def test_a_confirmed_month_is_settled_by_what_came_back(member):
    make_line(member, "30.00", JUNE)
    confirmed(member, now=NOON)
    make_refund(member, "30.00", JULY)
    issue_statements(now=LATER)
    assert statement_of(member).state == "settled"
    assert statement_of(member, JULY).due == 0
    check_sums(member)


def test_only_so_many_seconds_at_once(member, manager):
    make_line(member, "1.00")
    make_line(manager, "1.00")
    assert issue_statements(now=LATER, seconds=0) == 1
    assert issue_statements(now=LATER) == 1


def test_the_account_confirms_and_what_is_paid_already_is_settled_at_once(member):
    top_up(member, "30.00")
    make_line(member, "30.00")
    statement = confirmed(member)
    assert (statement.state, statement.due, statement.confirmed_at) == ("settled", 0, LATER)
    again = confirm(statement, member)
    assert again.confirmed_at == LATER
    assert Event.objects.filter(kind="statement.confirmed").count() == 1


@pytest.mark.rule("K6.6", "K7.6", "K4.7")
def test_a_manager_that_may_confirm_does_so_from_the_moment_of_the_link(linked, manager, member):
    make_line(member, "30.00")
    statement = confirmed(member, by=linked)
    assert (statement.state, statement.due) == ("confirmed", 30)
    event = Event.objects.get(kind="statement.confirmed")
    assert (event.account, event.counterpart, event.facts["due"]) == (manager, member, "30.00")


@pytest.mark.rule("K7.4", "K7.6")
def test_seeing_is_not_confirming(manager, member, stranger):
    link = make_relationship(manager, member, points=P1)
    make_line(member, "30.00")
    statement = issued(member)
    with pytest.raises(PointMissing):
        confirm(statement, manager, link)
    other = make_relationship(stranger, make_account(), points=P2)
    for relationship in (other, None):
        with pytest.raises(NotFound):
            confirm(statement, stranger, relationship)
    with pytest.raises(NotAllowed):
        confirm_statement(actor=acting(member, make_operator(member, Role.VIEWER)), statement_id=statement.pk)
    assert statement_of(member).state == "to_confirm"


@pytest.mark.rule("K8.9")
def test_what_the_manager_confirmed_stays_confirmed_when_the_link_ends(linked, manager, member):
    make_line(member, "30.00")
    make_line(member, "40.00", JULY)
    statement = confirmed(member, by=linked)
    dissolve(linked)
    statement.refresh_from_db()
    assert (statement.state, statement.confirmed_by) == ("confirmed", mover(manager).user)
    with pytest.raises(PointMissing):
        confirm(statement_of(member, JULY), manager, linked)


def test_a_month_under_way_is_not_confirmed(member):
    make_line(member, "30.00")
    with pytest.raises(NotConfirmable):
        confirm(statement_of(member), member)


def test_own_repayment_of_credit_stands_on_the_oldest_month_first(member):
    lend(member, "100.00")
    make_line(member, "30.00", JUNE)
    make_line(member, "40.00", JULY)
    confirmed(member, now=LATER)
    top_up(member, "50.00")
    repay_credit(actor=mover(member), account=member, amount=D("35.00"), key=fresh_key())
    assert (statement_of(member).state, statement_of(member, JULY).due) == ("settled", 35)
    check_sums(member)


@pytest.mark.django_db(transaction=True)
def test_many_workers_issue_each_month_once():
    accounts = [make_account() for _ in range(4)]
    for account in accounts:
        make_line(account, "30.00", JUNE)
        make_refund(account, "10.00", JULY)
    results = race(6, lambda _n: issue_statements(now=LATER))
    assert not [one for one in results if isinstance(one, Exception)]
    assert sum(results) == 8
    assert Event.objects.filter(kind="statement.issued").count() == 8
    assert Statement.objects.filter(state="draft").count() == 0
    check_sums(*accounts)
