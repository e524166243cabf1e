"""Periods: what must hold before one closes, going back one step, the end of a year; subjects and opening balances."""

from decimal import Decimal

import pytest

from config.errors import InputError, NotAllowed
from kiscloud.books.models import Balance, Line, Period, Subject
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.services.closing import (
    LaterPosted,
    NothingToCarry,
    NotYet,
    Unposted,
    carry_over,
    carry_over_year,
    close_period,
    reopen_period,
)
from kiscloud.books.services.openings import (
    Opening,
    OpeningsFinished,
    OpeningsUnbalanced,
    enter_openings,
    finish_openings,
    resume_openings,
)
from kiscloud.books.services.subjects import SubjectUsed, add_subject, delete_subject, set_disabled
from tests.kiscloud.books.bookkeeping import MONTH, Office
from tests.kiscloud.kis import person
from tests.states import every_move, outcome

pytestmark = pytest.mark.django_db
SALE = (("1002", "10", ""), ("5001", "", "10"))


@pytest.fixture
def office():
    return Office().open()


def subject(office, code):
    return Subject.objects.get(account_set=office.set, code=code)


@pytest.mark.parametrize(("state", "move"), every_move(Period, "state"))
def test_every_move_of_a_period(state, move):
    allowed = {("open", "close"): "closed", ("closed", "reopen"): "open"}
    assert outcome(Period(state=state), "state", move) == allowed.get((state, move))


def test_a_period_closes_when_all_is_posted_and_carried_over(office):
    office.write(*SALE)
    with pytest.raises(NotYet):
        close_period(actor=office.maker, account_set=office.set)
    with pytest.raises(Unposted):
        carry_over(actor=office.maker, account_set=office.set)
    office.post()
    with pytest.raises(NotYet):
        close_period(actor=office.maker, account_set=office.set)
    carry_over(actor=office.maker, account_set=office.set)
    office.post()
    assert close_period(actor=office.maker, account_set=office.set) == 202604
    with pytest.raises(NothingToCarry):
        carry_over(actor=office.maker, account_set=office.set)


def test_an_administrator_goes_back_one_period_while_nothing_is_posted(office):
    close_period(actor=office.maker, account_set=office.set)
    with pytest.raises(NotAllowed):
        reopen_period(actor=person(office.add("accountants")), account_set=office.set)
    assert reopen_period(actor=office.maker, account_set=office.set) == MONTH
    close_period(actor=office.maker, account_set=office.set)
    office.write(*SALE, day=office.april)
    office.post()
    with pytest.raises(LaterPosted):
        reopen_period(actor=office.maker, account_set=office.set)


def test_the_year_ends_with_its_profit_in_retained_earnings():
    office = Office(start_month=202612).open()
    office.write(*SALE, day=office.december)
    office.post()
    with pytest.raises(NotYet):
        carry_over_year(actor=office.maker, account_set=office.set)
    carry_over(actor=office.maker, account_set=office.set)
    office.post()
    with pytest.raises(NotYet):
        close_period(actor=office.maker, account_set=office.set)
    carry_over_year(actor=office.maker, account_set=office.set)
    office.post()
    assert close_period(actor=office.maker, account_set=office.set) == 202701
    sheet = balance_sheet(office.set, 202701)
    assert [(sheet.line(number).first, sheet.line(number).second) for number in (1, 51)] == [(10, 10), (10, 10)]
    assert income_statement(office.set, 202701).line(32).first == 0
    assert Balance.objects.get(subject=subject(office, "310415"), month=202701).opening == -10


def test_the_first_subject_below_a_used_one_takes_over_what_stands_there(office):
    office.write(*SALE)
    office.post()
    made = add_subject(
        actor=office.maker, account_set=office.set, parent_id=subject(office, "1002").pk, code="100201", name="工行"
    )
    assert not subject(office, "1002").is_leaf
    assert list(Line.objects.filter(subject=made).values_list("debit", flat=True)) == [10]
    assert balance_sheet(office.set, MONTH).line(1).first == 10
    with pytest.raises(SubjectUsed):
        delete_subject(actor=office.maker, account_set=office.set, subject_id=made.pk)


def test_codes_follow_the_lengths_of_the_set(office):
    parent = subject(office, "1002").pk
    for code in ("1002", "10021", "1003-1", "100301"):
        with pytest.raises(InputError):
            add_subject(actor=office.maker, account_set=office.set, parent_id=parent, code=code, name="x1")


def test_nothing_new_is_entered_on_a_disabled_subject(office):
    set_disabled(actor=office.maker, account_set=office.set, subject_id=subject(office, "1002").pk, disabled=True)
    with pytest.raises(InputError):
        office.write(*SALE)


def test_opening_balances_balance_before_the_books_open():
    office = Office()
    enter_openings(actor=office.maker, account_set=office.set, openings={"1002": Opening(Decimal(5))})
    with pytest.raises(OpeningsUnbalanced):
        finish_openings(actor=office.maker, account_set=office.set)
    office.open(s1002="5", s3001="5")
    with pytest.raises(OpeningsFinished):
        enter_openings(actor=office.maker, account_set=office.set, openings={})
    resume_openings(actor=office.maker, account_set=office.set)
    office.open(s1002="6", s3001="6")
    assert balance_sheet(office.set, MONTH).line(30).first == 6


def test_books_that_begin_within_a_year_know_what_it_brought_before():
    office = Office()
    openings = {
        "1002": Opening(Decimal(150), year_debit=Decimal(50)),
        "3001": Opening(Decimal(100)),
        "3103": Opening(Decimal(50), year_credit=Decimal(50)),
        "5001": Opening(year_credit=Decimal(50)),
    }
    enter_openings(actor=office.maker, account_set=office.set, openings=openings)
    office.open()
    office.write(*SALE)
    office.post()
    income = income_statement(office.set, MONTH)
    assert (income.line(1).first, income.line(1).second) == (60, 10)
    sheet = balance_sheet(office.set, MONTH)
    assert [(sheet.line(number).first, sheet.line(number).second) for number in (1, 51, 53)] == [
        (160, 100),
        (60, 0),
        (160, 100),
    ]


def test_codes_with_longer_levels_fit_the_chart():
    office = Office(code_lengths=(4, 3, 2)).open(s1002="5", s3104015="5")
    assert subject(office, "222100105").name == "销项税额"
    office.write(("5602005", "2", ""), ("1002", "", "2"))
    office.post()
    assert income_statement(office.set, MONTH).line(14).first == 2
