"""Drawn vouchers over some months: reports say what adding up the lines says, and both sides of the sheet are equal."""

from collections import defaultdict
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiscloud.books.models import Line
from kiscloud.books.months import first_day, following, last_day
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.cash_flow import cash_flow
from kiscloud.books.reports.figures import leaves_of
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.books.services.closing import NothingToCarry, carry_over, close_period
from tests.kiscloud.books.bookkeeping import MONTH, Office

pytestmark = pytest.mark.django_db(transaction=False)
CODES = (*("1001", "1002", "1122", "1405", "1601", "1602", "2202", "2203", "22210105", "3001", "4001"),
         *("5001", "5401", "560205", "560301", "530101"))  # fmt: skip
FEN = st.integers(-500_00, 500_00).filter(bool).map(lambda fen: Decimal(fen) / 100)


@st.composite
def vouchers(draw):
    """Balanced lines: some debits, some credits, the last one what is missing."""
    lines = draw(st.lists(st.tuples(st.sampled_from(CODES), st.booleans(), FEN), min_size=1, max_size=4))
    found = [(code, amount, 0) if debit else (code, 0, amount) for code, debit, amount in lines]
    missing = sum(Decimal(debit) - Decimal(credit) for _code, debit, credit in found)
    if missing:
        found.append((draw(st.sampled_from(CODES)), 0, missing))
    if len(found) < 2 or not sum(Decimal(debit) for _code, debit, _credit in found):
        found += [("1001", Decimal("0.01"), 0), ("1002", 0, Decimal("0.01"))]
    return found


def fits(lines):
    return len(lines) > 1 and sum(Decimal(debit) for _code, debit, _credit in lines) != 0


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(vouchers().filter(fits), max_size=4), min_size=1, max_size=3))
def test_reports_are_what_the_lines_add_up_to(months):
    office = Office().open(s1002="900", s3001="900")
    month = MONTH
    for drawn in months:
        for lines in drawn:
            office.write(*lines, day=first_day(month))
        office.post()
        check(office, month)
        with suppress(NothingToCarry):
            carry_over(actor=office.maker, account_set=office.set)
        office.post()
        check(office, month)
        month = close_period(actor=office.maker, account_set=office.set)
    assert month == following(MONTH, len(months))


def check(office, month):
    sheet = balance_sheet(office.set, month)
    assert sheet.line(30).first == sheet.line(53).first
    assert sheet.line(30).second == sheet.line(53).second
    assert trial_balance(office.set, month).balances
    sums = recomputed(office, last_day(month))
    assert {one.code: one.closing for one in leaves_of(office.set, month) if one.closing} == sums
    flows = cash_flow(office.set, month)
    assert flows.line(22).first == flows.line(22).second == sheet.line(1).first
    assert flows.line(21).second == sum(
        recomputed(office, last_day(following(month, -1))).get(c, 0) for c in ("1001", "1002")
    )
    profit = -sum(
        line.debit - line.credit
        for line in Line.objects.filter(
            account_set=office.set, subject__category=5, day__range=(first_day(month), last_day(month))
        ).exclude(voucher__kind="carry_over")
    )
    assert income_statement(office.set, month).line(32).second == profit


def recomputed(office, until: date):
    """What each subject comes to when every line is added up."""
    found = defaultdict(Decimal, {"1002": Decimal(900), "3001": Decimal(-900)})
    for line in Line.objects.filter(account_set=office.set, day__lte=until).select_related("subject"):
        found[line.subject.code] += line.debit - line.credit
    return {code: amount for code, amount in found.items() if amount}
