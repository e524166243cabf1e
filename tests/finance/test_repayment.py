"""Repaying statements: by the account itself, by a manager's own cash, and by cash that arrives."""

from datetime import timedelta

import pytest

from accounts.actors import PointMissing
from accounts.models import Event
from accounts.permissions import P1, P2, Role
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from finance.models import Entry, Transfer
from finance.services.credit_repayment import settle_credit
from finance.services.ledger import KeyReused
from finance.services.repayment import (
    ArrearsFirst,
    CashShort,
    NotRepayable,
    Repayment,
    repay_statement,
    settle_arrears,
    settle_overdue,
)
from finance.services.trusts import SettlesItself
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
from tests.finance.funds import D, allot, books_sum, fresh_key, funds, mover, recall, spend, top_up
from tests.finance.paying import announce, confirm
from tests.finance.trusting import trust_row
from tests.racing import race

pytestmark = pytest.mark.django_db
MUCH_LATER = LATER + timedelta(days=60)


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member, points=P2)


@pytest.fixture
def statement(member):
    """A month of 100.00 yuan: 60.00 on credit, 40.00 unpaid, confirmed."""
    lend(member, "60.00")
    make_line(member, "100.00")
    return confirmed(member)


def repay(statement, by=None, through=None, **more):
    more.setdefault("key", fresh_key())
    actor = mover(by or statement.account)
    return repay_statement(
        actor=actor, statement_id=statement.pk, through=through and through.pk, now=more.pop("now", LATER), **more
    )


@pytest.mark.rule("A4.4")
def test_own_cash_pays_arrears_first_then_credit(statement, member):
    top_up(member, "150.00")
    done = repay(statement, amount=D("70.00"))
    assert (done.amount, done.statement.state) == (70, "partly_paid")
    assert (funds(member).cash, funds(member).arrears, funds(member).credit_used) == (80, 0, 30)
    assert Transfer.objects.get(pk=done.transfer).kind == "settlement"
    assert repay(statement).amount == 30
    assert (statement_of(member).state, statement_of(member).settled_at) == ("settled", LATER)
    assert books_sum() == 0
    check_sums(member)


def test_own_repayment_takes_given_cash_after_own(statement, linked, manager, member):
    top_up(manager, "30.00")
    top_up(member, "20.00")
    allot(linked, "30.00")
    repay(statement, amount=D("45.00"))
    assert (funds(member).cash, funds(member).allotted) == (0, 5)


@pytest.mark.rule("K6.6", "K7.6", "A4.4")
def test_a_manager_repays_by_its_own_cash_only(statement, linked, manager, member, stranger):
    above = make_relationship(stranger, manager, kind="partner")
    top_up(stranger, "500.00")
    allot(above, "500.00")
    with pytest.raises(CashShort) as refused:
        repay(statement, by=manager, through=linked)
    assert refused.value.facts["available"] == 0
    top_up(manager, "120.00")
    lend(manager, "500.00")
    done = repay(statement, by=manager, through=linked)
    assert (done.amount, Transfer.objects.get(pk=done.transfer).kind) == (100, "repayment")
    assert (funds(manager).cash, funds(manager).allotted, funds(manager).credit_used) == (20, 500, 0)
    assert (funds(member).arrears, funds(member).credit_used) == (0, 0)
    event = Event.objects.get(kind="statement.repaid")
    assert (event.account, event.counterpart, event.facts["left"]) == (manager, member, "0.00")
    check_sums(member)


def test_credit_that_a_manager_repaid_can_be_drawn_again(statement, linked, manager, member):
    top_up(manager, "100.00")
    repay(statement, by=manager, through=linked)
    spend(member, "60.00", now=LATER)
    assert funds(member).credit_used == 60


@pytest.mark.rule("K7.4", "K7.6")
def test_only_whoever_may_repay_does(statement, manager, member, stranger):
    seeing = make_relationship(manager, member, points=P1)
    with pytest.raises(PointMissing):
        repay(statement, by=manager, through=seeing)
    with pytest.raises(NotFound):
        repay(statement, by=stranger)
    with pytest.raises(NotAllowed):
        repay_statement(actor=acting(member, make_operator(member, Role.VIEWER)), statement_id=statement.pk, key="k")
    with pytest.raises(NotFound):
        repay_statement(actor=mover(member), statement_id=10**9, key="k")


@pytest.mark.rule("A2.14", "A4.4")
def test_what_a_trusteed_member_owes_from_before_it_repays_itself(statement, linked, manager, member):
    trust_row(linked, starts_at=JUNE)
    top_up(manager, "200.00")
    with pytest.raises(SettlesItself):
        repay(statement, by=manager, through=linked)
    top_up(member, "100.00")
    assert repay(statement).amount == 100
    check_sums(member)


@pytest.mark.rule("K11.6")
def test_a_manager_with_arrears_pays_these_first(statement, linked, manager):
    make_line(manager, "5.00")
    top_up(manager, "200.00")
    with pytest.raises(ArrearsFirst):
        repay(statement, by=manager, through=linked)
    settle_arrears(account=manager, key="k", now=LATER)
    assert repay(statement, by=manager, through=linked).amount == 100


@pytest.mark.parametrize("amount", ["0", "-1", "100.01", "1.005", "NaN", "Infinity", "1e30"])
def test_what_cannot_be_repaid_is_refused_at_the_amount(statement, member, amount):
    top_up(member, "500.00")
    with pytest.raises(InputError) as refused:
        repay(statement, amount=D(amount))
    assert refused.value.field == "amount"
    assert not Entry.objects.filter(transfer__kind="settlement").exists()


def test_a_statement_is_repaid_between_confirmed_and_settled(member):
    make_line(member, "10.00")
    top_up(member, "50.00")
    for statement in (statement_of(member), issued(member)):
        with pytest.raises(NotRepayable):
            repay(statement)
    repay(confirmed(member))
    with pytest.raises(NotRepayable):
        repay(statement_of(member))


def test_a_key_repays_once_and_for_one_thing(statement, member):
    top_up(member, "500.00")
    first = repay(statement, amount=D("20.00"), key="once")
    assert repay(statement, amount=D("20.00"), key="once").transfer == first.transfer
    assert repay(statement, key="once").amount == 20
    with pytest.raises(KeyReused):
        repay(statement, amount=D("30.00"), key="once")
    assert statement_of(member).repaid == 20


def test_what_came_back_meanwhile_is_no_longer_to_be_repaid(statement, member):
    make_refund(member, "30.00", LATER)
    top_up(member, "500.00")
    assert repay(statement).amount == 70
    assert statement_of(member).state == "settled"
    check_sums(member)


@pytest.mark.rule("K8.6")
def test_levelling_credit_books_the_oldest_month_first(member):
    lend(member, "100.00")
    make_line(member, "30.00", JUNE)
    make_line(member, "40.00", JULY)
    top_up(member, "50.00")
    confirmed(member)
    assert settle_credit(account=member, key=fresh_key(), now=LATER) == 50
    assert (statement_of(member).state, statement_of(member, JULY).due) == ("settled", 20)
    check_sums(member)


def test_arrears_are_settled_from_own_then_given_cash_on_the_oldest_months(linked, manager, member):
    make_line(member, "30.00", JUNE)
    make_line(member, "40.00", JULY)
    make_line(member, "50.00", AUGUST)
    issued(member)
    top_up(manager, "70.00")
    top_up(member, "20.00")
    allot(linked, "70.00")
    assert settle_arrears(account=member, key="k", now=LATER) == 90
    assert [statement_of(member, at).due for at in (JUNE, JULY, AUGUST)] == [0, 0, 30]
    assert settle_arrears(account=member, key="k", now=LATER) == 0
    assert Event.objects.filter(kind="arrears.settled").count() == 1
    check_sums(member)


def test_a_key_settles_arrears_once(member):
    make_line(member, "30.00")
    top_up(member, "10.00")
    assert settle_arrears(account=member, key="k", now=LATER) == 10
    top_up(member, "10.00")
    assert settle_arrears(account=member, key="k", now=LATER) == 0
    assert settle_arrears(account=member, key="other", now=LATER) == 10


@pytest.mark.rule("K11.6")
def test_statements_past_their_day_are_repaid_and_others_wait(member):
    lend(member, "500.00")
    make_line(member, "30.00", JUNE)
    make_line(member, "40.00", JULY)
    issued(member)
    make_line(member, "50.00", MUCH_LATER)
    top_up(member, "60.00")
    assert settle_overdue(account=member, key="early", now=LATER) == 0
    assert settle_overdue(account=member, key="late", now=MUCH_LATER) == 60
    assert [statement_of(member, at).due for at in (JUNE, JULY, MUCH_LATER)] == [0, 10, 50]
    assert [event.facts["amount"] for event in Event.objects.filter(kind="statement.repaid")] == ["30.00", "30.00"]
    check_sums(member)


@pytest.mark.rule("K11.6")
def test_a_top_up_pays_arrears_then_overdue_statements(member):
    lend(member, "30.00")
    make_line(member, "50.00")
    issued(member)
    confirm(announce(member, D("35.00")), number="BK-1")
    run_due()
    assert (funds(member).cash, funds(member).arrears, funds(member).credit_used) == (0, 0, 15)
    kinds = Event.objects.filter(kind__in=["arrears.settled", "statement.repaid"]).order_by("pk")
    assert [(event.kind, event.facts["amount"]) for event in kinds] == [
        ("arrears.settled", "20.00"),
        ("statement.repaid", "15.00"),
    ]
    check_sums(member)


@pytest.mark.rule("K11.6")
def test_an_allotment_pays_the_members_arrears_and_a_recall_the_managers(linked, manager, member):
    make_line(member, "30.00")
    top_up(manager, "100.00")
    allot(linked, "50.00")
    make_line(manager, "60.00")
    assert (funds(member).arrears, funds(manager).arrears) == (30, 10)
    run_due()
    assert (funds(member).arrears, funds(member).allotted) == (0, 20)
    recall(linked, "20.00")
    run_due()
    assert (funds(manager).arrears, funds(manager).cash) == (0, 10)
    check_sums(member, manager)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_repay_what_is_due_and_no_more():
    manager, member = make_account(), make_account()
    link = make_relationship(manager, member, points=P2)
    make_line(member, "100.00")
    statement = confirmed(member)
    top_up(member, "70.00")
    top_up(manager, "70.00")
    own, other = mover(member), mover(manager)

    def act(number):
        if number == 0:
            return settle_arrears(account=member, key="arrived", now=LATER)
        by = {"actor": other, "through": link.pk} if number % 2 else {"actor": own}
        return repay_statement(statement_id=statement.pk, amount=D("30.00"), key=f"key-{number}", now=LATER, **by)

    results = race(8, act)
    assert any(isinstance(result, Repayment) for result in results)
    assert [repr(result) for result in results if isinstance(result, Exception) and not hasattr(result, "code")] == []
    assert statement_of(member).due == 100 - statement_of(member).repaid >= 0
    assert funds(member).cash + funds(manager).cash == 140 - statement_of(member).repaid
    assert books_sum() == 0
    check_sums(member)
