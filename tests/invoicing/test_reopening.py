"""After an invoice with an error was taken back its money can be invoiced again, as much as is left of it."""

import pytest

from accounts.models import Event
from config.jobs import run_due
from invoicing.models import Invoice, Invoiceable
from invoicing.red_parts import Part
from invoicing.services.reopening import reopen
from tests.finance.buying import DAY, MINUTE, NOON, buy, give_back, prepaid
from tests.finance.funds import D, top_up
from tests.invoicing.reddening import begin
from tests.invoicing.requesting import ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(manager):
    top_up(manager, "10000.00")
    bought = buy(manager, prepaid("310"))
    run_due()
    return bought


def invoiced(order) -> Invoice:
    request = ask(order.payer)
    run_due()
    return Invoice.objects.get(issue_order__request=request)


def taken_back(blue, reason, **more):
    begin(blue, reason, **more)
    run_due()
    return Invoiceable.objects.open().total()


def test_a_wrong_invoice_is_taken_back_and_the_right_one_requested(order):
    blue = invoiced(order)
    assert taken_back(blue, "01") == 310
    assert Event.objects.get(kind="invoice.reopened").account == order.payer
    right = invoiced(order)
    assert (right.total, right.pk != blue.pk) == (310, True)
    assert not Invoiceable.objects.open().exists()
    assert (reopen(invoice=blue), Invoiceable.objects.open().exists()) == (0, False)


def test_what_was_refunded_in_between_is_netted(order):
    blue = invoiced(order)
    give_back(order, at=NOON + 10 * DAY + MINUTE)
    run_due()
    assert taken_back(blue, "01") == 110
    assert invoiced(order).total == 110


@pytest.mark.parametrize("reason", ["02", "03", "04"])
def test_other_reasons_leave_it_taken_back(order, reason):
    assert taken_back(invoiced(order), reason) == 0


def test_what_an_allowance_took_is_not_invoiced_again(order):
    blue = invoiced(order)
    assert taken_back(blue, "04", parts=[Part(1, total=D("100.00"))]) == 0
    assert taken_back(blue, "01") == 0
