"""A small month, to the fen, through to the three statements."""

from decimal import Decimal

import pytest

from kiscloud.books.models import Subject, Voucher
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.cash_flow import cash_flow
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.books.services.closing import carry_over, close_period
from kiscloud.models import AccountSet
from kiscloud.set_parameters import Template
from tests.kiscloud.books.bookkeeping import MONTH, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    office = Office(template=Template.SMALL_BUSINESS_BARE).open(s1405="5000", s310415="5000")
    office.write(("1002", "100000", ""), ("3001", "", "100000"))
    office.write(("1122", "10600", ""), ("5001", "", "10000"), ("22210105", "", "600"))
    office.write(("5602", "2000", ""), ("1002", "", "2000"))
    office.write(("5401", "4000", ""), ("1405", "", "4000"))
    office.post()
    return office


def amounts(statement, *numbers):
    return [statement.line(number).first for number in numbers]


def test_carrying_over_makes_one_voucher_for_income_and_one_for_costs(office):
    income, costs = carry_over(actor=office.maker, account_set=office.set)
    found = [[(row.subject.code, row.debit, row.credit) for row in one.lines.all()] for one in (income, costs)]
    assert found == [
        [("5001", 10000, 0), ("3103", 0, 10000)],
        [("5401", 0, 4000), ("5602", 0, 2000), ("3103", 6000, 0)],
    ]
    assert [str(income), str(costs)] == ["记-5", "记-6"]


@pytest.mark.parametrize("carried", [False, True])
def test_the_statements_are_right_before_and_after_carrying_over(office, carried):
    if carried:
        carry_over(actor=office.maker, account_set=office.set)
        office.post()
    sheet = balance_sheet(office.set, MONTH)
    assert amounts(sheet, 1, 4, 9, 30) == [98000, 10600, 1000, 109600]
    assert amounts(sheet, 36, 48, 51, 53) == [600, 100000, 9000, 109600]
    assert [sheet.line(number).second for number in (9, 30, 51, 53)] == [5000, 5000, 5000, 5000]
    income = income_statement(office.set, MONTH)
    assert amounts(income, 1, 2, 14, 21, 32) == [10000, 4000, 2000, 4000, 4000]
    flows = cash_flow(office.set, MONTH)
    assert amounts(flows, 6, 7, 15, 19, 20, 21, 22) == [2000, -2000, 100000, 100000, 98000, 0, 98000]
    assert trial_balance(office.set, MONTH).balances


def test_the_next_month_begins_where_this_one_ended(office):
    carry_over(actor=office.maker, account_set=office.set)
    office.post()
    before = balance_sheet(office.set, MONTH)
    assert close_period(actor=office.maker, account_set=office.set) == MONTH + 1
    after = balance_sheet(office.set, MONTH + 1)
    assert [line.first for line in after.lines] == [line.first for line in before.lines]
    income = income_statement(office.set, MONTH + 1)
    assert (income.line(32).first, income.line(32).second) == (4000, 0)


def test_what_waits_counts_if_asked(office):
    office.write(("1001", "50.05", ""), ("1002", "", "50.05"))
    office.write(("1002", "0.03", ""), ("5051", "", "0.03"))
    assert balance_sheet(office.set, MONTH).line(1).first == 98000
    assert balance_sheet(office.set, MONTH, waiting=True).line(1).first == Decimal("98000.03")
    assert Voucher.objects.of(office.set).waiting().count() == 2


def test_the_chart_has_the_66_subjects_of_the_standard(office):
    first = Subject.objects.filter(account_set=office.set, level=1)
    assert first.count() == 66
    assert [first.filter(category=category).count() for category in range(1, 6)] == [32, 12, 5, 5, 12]
    assert AccountSet.objects.count() == 1
