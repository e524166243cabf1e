"""Refunds after invoicing: a red letter over the part of the line, or netting where none fits."""

import pytest

from accounts.models import Event, Message
from config.jobs import run_due
from invoicing.faces import Face
from invoicing.models import Invoice, Invoiceable, InvoiceUse, ProductTax, RedLetter
from invoicing.services.refund_reversals import reverse_after
from invoicing.services.sending import follow_orders
from invoicing.tax.simulator import SimulatedPlatform
from tests.finance.buying import DAY, MINUTE, NOON, buy, give_back, pay, prepaid, renew
from tests.finance.funds import D, top_up
from tests.invoicing.issuing import SCRIPTED, script
from tests.invoicing.reddening import answer, begin, buyer, use
from tests.invoicing.requesting import ask, taxed

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + 10 * DAY + MINUTE  # of a month of 31 days, 20 are left


@pytest.fixture
def bought(manager):
    top_up(manager, "10000.00")
    order = buy(manager, prepaid("310"))
    run_due()
    return order


def invoiced(order) -> Invoice:
    request = ask(order.payer)
    run_due()
    return Invoice.objects.get(issue_order__request=request)


def refunded(order, at=LATER) -> Invoiceable:
    back = give_back(order, at=at)
    run_due()
    return Invoiceable.objects.get(order=back)


def test_a_refund_after_invoicing_has_a_red_letter_over_its_part(bought):
    blue = invoiced(bought)
    item = refunded(bought)
    letter = RedLetter.objects.get()
    assert (item.amount, item.red_letter, letter.invoice, letter.reason) == (-200, letter, blue, "03")
    assert letter.amount + letter.tax == -200
    assert Invoice.objects.get(reverses=blue).total == -200
    assert not Invoiceable.objects.open().exists()


def test_a_refund_before_invoicing_is_netted(bought):
    item = refunded(bought)
    assert (item.red_letter, RedLetter.objects.exists()) == (None, False)
    assert invoiced(bought).total == 110


def test_a_refund_while_the_invoice_is_on_its_way_is_reversed_once_it_is_out(bought, settings):
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    request = ask(bought.payer)
    run_due()
    assert refunded(bought).red_letter is None
    settings.TAX_BACKEND = "invoicing.tax.simulator.SimulatedPlatform"
    order = request.issue_order
    order.refresh_from_db()
    script.clear()
    from_platform(order)
    run_due()
    assert Invoice.objects.get(reverses__isnull=False).total == -200
    assert Invoiceable.objects.get(amount=-200).red_letter is not None


def from_platform(order):
    """The platform has it after all."""
    SimulatedPlatform().issue(serial=order.serial, face=Face.read(order.face))
    follow_orders(now=order.ask_after)


def test_the_latest_invoice_of_the_resource_gives_it_back(bought):
    first = invoiced(bought)
    pay(renew(bought.resource, at=NOON + DAY))
    run_due()
    second = invoiced(bought)
    refunded(bought, at=NOON + 2 * DAY)  # more than either invoice alone
    assert Event.objects.filter(kind="red_letter.impossible").count() == 1
    assert (first.red_letters.exists(), second.red_letters.exists()) == (False, False)


def test_what_fits_the_latest_is_taken_from_it(bought):
    invoiced(bought)
    pay(renew(bought.resource, at=NOON + DAY))
    run_due()
    second = invoiced(bought)
    item = refunded(bought, at=NOON + 40 * DAY)
    assert item.red_letter.invoice == second


def test_where_too_little_is_left_it_stays_for_netting_and_is_told(bought):
    begin(invoiced(bought))
    item = refunded(bought)
    assert item.red_letter is None
    event = Event.objects.get(kind="red_letter.impossible")
    run_due()
    assert Message.objects.filter(title__contains="下一张发票中冲减").exists()
    assert (event.account, event.facts["order"], event.facts["total"]) == (bought.payer, bought.pk, "200.00")
    assert Invoiceable.objects.open().get() == item


def test_where_the_product_is_taxed_otherwise_now_it_stays_for_netting(bought):
    invoiced(bought)
    ProductTax.objects.all().delete()
    taxed(bought.product)
    assert refunded(bought).red_letter is None


def test_a_used_invoice_waits_for_the_buyer_whose_refusal_frees_the_refund(bought):
    blue = invoiced(bought)
    use(blue)
    item = refunded(bought)
    letter = item.red_letter
    assert (letter.state, Invoice.objects.filter(reverses=blue).exists()) == ("02", False)
    answer(letter, buyer(blue), agrees=False)
    item.refresh_from_db()
    assert item.red_letter is None
    assert InvoiceUse.objects.get().invoice == blue
    assert D("-200.00") == Invoiceable.objects.open().get().amount


def test_the_same_event_twice_is_one_letter(bought):
    invoiced(bought)
    refunded(bought)
    event = Event.objects.get(kind="order.refunded")
    assert reverse_after(event_id=event.pk) == 0
    assert RedLetter.objects.count() == 1
