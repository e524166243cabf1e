"""Disputes: a line that is doubted is not repaid until staff have answered, and what they accept comes back once."""

from datetime import timedelta

import pytest

from accounts.actors import PointMissing
from accounts.models import Event, Operator
from accounts.permissions import P1, P2
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from finance import policy
from finance.models import BillLine, Dispute, Voucher
from finance.services.disputes import (
    AlreadyDisputed,
    NotDisputable,
    accept_dispute,
    disputable_of,
    withdraw_dispute,
)
from finance.services.repayment import OnlyDisputed, repay_statement
from tests.factories import acting, make_account, make_relationship
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
    statement_of,
)
from tests.finance.disputing import accept, doubt, refuse
from tests.finance.funds import D, books_sum, fresh_key, funds, mover, staff, top_up
from tests.racing import race

pytestmark = pytest.mark.django_db


def repay(statement, **more):
    more.setdefault("key", fresh_key())
    return repay_statement(actor=mover(statement.account), statement_id=statement.pk, now=LATER, **more)


@pytest.fixture
def line(member):
    """30.00 yuan that nothing was there to pay with, beside 70.00 more, in a month that waits to be confirmed."""
    found = make_line(member, "30.00")
    make_line(member, "70.00")
    issued(member)
    return found


def test_an_open_dispute_shows_when_it_is_answered_and_the_rest_is_repaid(line, member):
    dispute = doubt(line, "20.00")
    assert (dispute.state, dispute.answer_by) == ("open", LATER + policy.DISPUTE_ANSWER_WITHIN)
    assert statement_of(member).state == "disputed"
    statement = confirmed(member)
    top_up(member, "100.00")
    assert repay(statement).amount == 80
    assert (statement_of(member).state, statement_of(member).due) == ("partly_paid", 20)
    with pytest.raises(OnlyDisputed):
        repay(statement)
    check_sums(member)


def test_what_staff_refuse_is_to_be_repaid(line, member):
    dispute = refuse(doubt(line, "20.00"))
    assert (dispute.state, dispute.answer, dispute.credit_line) == ("refused", "计量无误", None)
    assert statement_of(member).state == "to_confirm"
    statement = confirmed(member)
    top_up(member, "100.00")
    assert repay(statement).amount == 100


def test_what_staff_accept_is_credited_in_the_open_month_and_taken_off_the_statement(line, member):
    dispute = accept(doubt(line, "20.00"))
    statement, month = statement_of(member), statement_of(member, LATER)
    credit = dispute.credit_line
    assert (credit.category, credit.payable, credit.outstanding, credit.statement) == ("adjust", -20, -20, month)
    assert (statement.state, statement.payable, statement.waived, statement.due) == ("to_confirm", 100, 20, 80)
    assert (month.payable, month.waived, month.due) == (-20, -20, 0)
    assert funds(member).arrears == 80
    assert (disputable_of(line=line), books_sum()) == (10, 0)
    check_sums(member)


def test_what_was_paid_in_cash_is_own_cash_again(member):
    top_up(member, "30.00")
    found = make_line(member, "30.00")
    issued(member)
    dispute = doubt(found, "30.00")
    assert confirmed(member).state == "settled"
    assert accept(dispute).credit_line.cash == -30
    assert funds(member).cash == 30
    check_sums(member)


def test_the_disputed_statement_is_relieved_even_where_the_money_pays_arrears_of_another_month(member):
    lend(member, "50.00")
    found = make_line(member, "50.00")
    make_line(member, "20.00", JULY)
    issued(member)
    dispute = doubt(found, "50.00")
    assert confirmed(member).due == 50
    assert (funds(member).credit_used, funds(member).arrears) == (50, 20)
    credit = accept(dispute).credit_line
    assert (credit.outstanding, credit.credit, credit.cash) == (-20, -30, 0)
    june, july = statement_of(member), statement_of(member, JULY)
    assert (june.state, june.due, july.due) == ("settled", 0, 20)
    check_sums(member)


def test_an_accepted_dispute_settles_a_statement_of_which_nothing_else_is_left(line, member):
    dispute = doubt(line, "20.00")
    statement = confirmed(member)
    top_up(member, "80.00")
    repay(statement)
    accept(dispute)
    assert statement_of(member).state == "settled"
    assert Event.objects.filter(kind="statement.settled").count() == 1
    check_sums(member)


def test_whoever_raised_it_withdraws_it(line, member):
    dispute = doubt(line, "20.00")
    withdraw_dispute(actor=mover(member), dispute_id=dispute.pk)
    assert statement_of(member).state == "to_confirm"
    assert doubt(line, "30.00").state == "open"
    for act in (accept, refuse):
        with pytest.raises(MoveRefused):
            act(dispute)


def test_two_disputes_are_both_answered_before_the_statement_waits_again(line, member):
    other = BillLine.objects.exclude(pk=line.pk).get()
    first, second = doubt(line, "20.00"), doubt(other, "70.00")
    refuse(first)
    assert statement_of(member).state == "disputed"
    refuse(second)
    assert statement_of(member).state == "to_confirm"


@pytest.mark.parametrize("amount", ["0", "-1", "30.01", "1.005", "NaN", "Infinity"])
def test_what_cannot_be_disputed_is_refused_with_the_most(line, amount):
    with pytest.raises(InputError) as refused:
        doubt(line, amount)
    assert refused.value.field == "amount"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\u202eb"])
def test_a_reason_is_text_that_people_can_read(line, reason):
    with pytest.raises(InputError) as refused:
        doubt(line, "1.00", reason=reason)
    assert refused.value.field == "reason"


def test_vouchers_are_not_disputed(member):
    end = LATER + timedelta(days=900)
    Voucher.objects.create(account=member, face=D(10), balance=D(10), valid_from=JUNE, valid_until=end)
    found = make_line(member, "30.00")
    issued(member)
    assert disputable_of(line=found) == 20
    with pytest.raises(InputError):
        doubt(found, "20.01")


def test_a_line_is_disputed_once_at_a_time_and_before_it_is_confirmed(line, member):
    under_way = make_line(member, "5.00", LATER)
    with pytest.raises(NotDisputable):
        doubt(under_way, "1.00")
    doubt(line, "20.00")
    with pytest.raises(AlreadyDisputed):
        doubt(line, "1.00")
    confirmed(member)
    with pytest.raises(NotDisputable):
        doubt(BillLine.objects.get(payable=70), "1.00")


def test_lines_of_refunds_have_nothing_to_dispute(line, member):
    accept(doubt(line, "20.00"))
    credit = BillLine.objects.get(payable=-20)
    issued(member, now=LATER + timedelta(days=60))
    assert disputable_of(line=credit) == 0


@pytest.mark.rule("K7.6")
def test_a_manager_disputes_where_it_may_confirm(line, member, manager, stranger):
    link = make_relationship(manager, member, points=P2)
    dispute = doubt(line, "20.00", by=manager, through=link.pk)
    assert (dispute.created_by, Event.objects.get(kind="statement.disputed").account) == (mover(manager).user, manager)
    seeing = make_relationship(stranger, member, kind="partner", points=P1)
    with pytest.raises(PointMissing):
        withdraw_dispute(actor=mover(stranger), dispute_id=dispute.pk, through=seeing.pk)
    with pytest.raises(NotFound):
        withdraw_dispute(actor=mover(stranger), dispute_id=dispute.pk)
    assert withdraw_dispute(actor=mover(manager), dispute_id=dispute.pk, through=link.pk).state == "withdrawn"


def test_staff_answer_with_words_and_not_about_their_own_account(line, member):
    dispute, helper = doubt(line, "20.00"), staff()
    with pytest.raises(NotAllowed):
        accept(dispute, by=acting(member))
    with pytest.raises(InputError):
        accept_dispute(actor=helper, dispute_id=dispute.pk, answer=" ")
    Operator.objects.create(account=member, user=helper.user, role="viewer")
    for act in (accept, refuse):
        with pytest.raises(NotAllowed):
            act(dispute, by=helper)
    assert Dispute.objects.get().state == "open"


@pytest.mark.django_db(transaction=True)
def test_an_answer_races_repayments_and_withdrawing_and_counts_once():
    member = make_account()
    found = make_line(member, "30.00")
    make_line(member, "70.00", AUGUST)
    issued(member)
    dispute = doubt(found, "30.00")
    statement = confirmed(member)
    top_up(member, "100.00")
    people, actor = [staff() for _ in range(6)], mover(member)

    def act(number):
        if number % 3 == 0:
            return accept(dispute, people[number])
        if number % 3 == 1:
            return withdraw_dispute(actor=actor, dispute_id=dispute.pk, now=LATER)
        return repay_statement(actor=actor, statement_id=statement.pk, key=f"key-{number}", now=LATER)

    results = race(6, act)
    assert sum(isinstance(result, Dispute) for result in results) == 1
    assert all(not isinstance(result, Exception) or hasattr(result, "code") for result in results)
    check_sums(member)
    assert books_sum() == 0
