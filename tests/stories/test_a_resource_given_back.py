"""A resource is paid by voucher, cash and credit, used for a part of its month, and given back: each sum on the way."""

import pytest
from django.db.models import Sum

from accounts.models import Account
from finance.models import BillLine, Book, Order, Statement
from finance.models.book import BookKind
from finance.services.credit import grant_credit
from finance.services.statements import confirm_statement, issue_statements
from tests.finance.billing_runs import parts
from tests.finance.buying import DAY, MINUTE, NOON, buy, discount, give_back, prepaid, voucher
from tests.finance.funds import D, books_sum, funds, mover, staff, top_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(manager: Account) -> Account:
    """It has 200.00 of cash, 1,000.00 of credit, a contract at 90 % and a voucher of 58.00."""
    top_up(manager, "200.00")
    grant_credit(actor=staff(), account=manager, limit=D("1000.00"), now=NOON - DAY)
    discount(manager, "0.9")
    return manager


def revenue() -> D:
    return sum(Book.objects.filter(kind=BookKind.REVENUE).values_list("balance", flat=True), D(0))


def totals(account: Account) -> tuple[D, ...]:
    names = ("payable", "voucher", "cash", "credit", "outstanding")
    (row,) = Statement.objects.filter(account=account).values_list(*names)
    lines = BillLine.objects.filter(payer=account).aggregate(**{name: Sum(name) for name in names})
    assert row == tuple(lines[name] for name in names)
    return tuple(row)


@pytest.mark.rule("A2.16")
def test_the_rest_goes_back_to_credit_then_to_cash_and_the_voucher_is_gone(buyer):
    ticket = voucher(buyer, "58.00")
    bought = buy(buyer, prepaid("310"), "2")  # all of March, 31 days
    # 2 × 310.00 = 620.00, less 10 % = 558.00: by the voucher 58.00, all the cash, and 300.00 of credit.
    line = BillLine.objects.get()
    assert (line.gross, line.discount, line.payable) == (D("620"), D("62"), D("558.00"))
    assert parts(line)[1:] == (D("58.00"), D("200.00"), D("300.00"), D("0.00"))
    assert totals(buyer) == (D("558.00"), D("58.00"), D("200.00"), D("300.00"), D("0.00"))
    assert (funds(buyer).cash, funds(buyer).credit_used, funds(buyer).available) == (
        D("0.00"),
        D("300.00"),
        D("700.00"),
    )
    assert revenue() == D("500.00")  # of money; vouchers are none

    back = give_back(bought, at=NOON + 10 * DAY + MINUTE)
    # The eleventh day has begun, 20 of 31 are left: 500.00 × 20 / 31 = 322.58 of the money, and nothing of the voucher.
    assert (back.payable, Order.objects.get(pk=bought.pk).state) == (D("-322.58"), "refunded")
    line = BillLine.objects.get(category="refund")
    assert parts(line) == (D("-322.58"), D("0.00"), D("-22.58"), D("-300.00"), D("0.00"))
    ticket.refresh_from_db()
    assert ticket.balance == D("0.00")
    assert totals(buyer) == (D("235.42"), D("58.00"), D("177.42"), D("0.00"), D("0.00"))
    assert (funds(buyer).cash, funds(buyer).credit_used, funds(buyer).available) == (
        D("22.58"),
        D("0.00"),
        D("1022.58"),
    )
    assert revenue() == D("177.42")
    assert books_sum() == 0

    issue_statements(now=NOON + 33 * DAY)
    statement = Statement.objects.get()
    assert (statement.state, statement.due) == ("to_confirm", D("0.00"))
    confirmed = confirm_statement(actor=mover(buyer), statement_id=statement.pk, now=NOON + 33 * DAY)
    assert (confirmed.state, confirmed.repaid) == ("settled", D("0.00"))
