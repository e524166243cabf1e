"""Invoices of a group: a trusteeship month over three members as one; a member's invoice that outlives the link."""

from datetime import datetime, timedelta

import pytest

from accounts.models import OneTimeCode
from accounts.permissions import P2
from accounts.services.relationships import dissolve_relationship, rehearse_dissolution
from config.jobs import run_due
from finance.cycles import ZONE
from finance.models import Statement
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.credit import grant_credit
from finance.services.repayment import repay_statement
from finance.services.statements import confirm_statement, issue_statements
from invoicing.models import Invoice, Invoiceable, InvoiceRequest
from invoicing.services.invoiceables import collect
from invoicing.services.request_reviews import approve_request
from tests.factories import acting, clear, make_account, make_relationship, owner_of
from tests.finance.billing_runs import trusteed
from tests.finance.bills import make_product, use
from tests.finance.funds import D, mover, staff, top_up
from tests.invoicing.requesting import ask, open_items, taxed, title

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 1, tzinfo=ZONE)
ISSUED = datetime(2026, 4, 2, 13, tzinfo=ZONE)
DAY = timedelta(days=1)


def settle_march(manager) -> Statement:
    """Billed, issued, confirmed and repaid."""
    until = FIRST + 31 * DAY + timedelta(hours=1)
    bill_usage(shards=range(SHARDS), until=until, now=until)
    issue_statements(now=ISSUED)
    statement = Statement.objects.get(account=manager)
    confirm_statement(actor=mover(manager), statement_id=statement.pk, now=ISSUED)
    top_up(manager, "500.00")
    repay_statement(actor=mover(manager), statement_id=statement.pk, key="march", now=ISSUED)
    return Statement.objects.get(pk=statement.pk)


@pytest.mark.rule("A2.7", "A4.5")
def test_a_month_of_trusteeship_over_three_members_is_one_invoice(manager, member):
    """Three members use 53.00, 106.00 and 11.30; two products are taxed at 6 %, one at 13 %."""
    members = [member, make_account(), make_account()]
    for one in members:
        trusteed(manager, one, since=FIRST - DAY)
    grant_credit(actor=staff(), account=manager, limit=D("1000.00"), now=FIRST - DAY)
    cloud, machine = make_product("1"), make_product("1")
    taxed(machine)
    for account, product, quantity in (
        (members[0], cloud, "53"),
        (members[1], cloud, "106"),
        (members[2], machine, "11.3"),
    ):
        use(account, product, FIRST, quantity)
    assert settle_march(manager).state == "settled"
    for one in members:
        assert collect(payer=one) == 0  # nothing of it is theirs
    assert collect(payer=manager) == 3
    request = ask(manager, title=title(manager), kind="special")
    run_due()
    invoice = Invoice.objects.get(account=manager)
    assert InvoiceRequest.objects.get(pk=request.pk).state == "issued"
    lines = [(line.rate, line.amount, line.tax) for line in invoice.lines.all()]
    assert lines == [(D("0.060"), D("150.00"), D("9.00")), (D("0.130"), D("10.00"), D("1.30"))]
    assert (invoice.total, invoice.buyer_name) == (D("170.30"), title_of(manager))
    assert {one["number"] for one in request.content["covers"]} == {one.number for one in members}
    assert not Invoiceable.objects.open().exists()


def title_of(account) -> str:
    return str(account.titles.get().name)


@pytest.mark.rule("K7.6", "K8.9", "A4.5")
def test_what_a_manager_asked_for_is_issued_after_the_link_is_gone(manager, member, monkeypatch):
    monkeypatch.setattr("invoicing.policy.REVIEW_ABOVE", D("100.00"))
    link = make_relationship(manager, member, points=P2)
    own = title(member, "成员抬头有限公司", 5)
    request = ask(member, open_items(member, "106.00"), by=link, title=own)
    assert request.state == "submitted"
    facts = rehearse_dissolution(actor=acting(manager), relationship_id=link.pk)
    assert [one.blocks for one in facts if "106.00" in str(one.sentence)] == [False]
    clear(owner_of(manager), OneTimeCode.Purpose.DISSOLVE, f"relationship:{link.pk}")
    dissolve_relationship(actor=acting(manager), relationship_id=link.pk)
    approve_request(actor=staff(), request_id=request.pk)
    run_due()
    invoice = Invoice.objects.get()
    assert InvoiceRequest.objects.get().state == "issued"
    assert (invoice.account, invoice.buyer_name, invoice.total) == (member, own.name, D("106.00"))
    assert (invoice.amount, invoice.tax) == (D("100.00"), D("6.00"))
