"""Collecting received invoices, each number once, and what is done with them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.event_texts import sentence
from accounts.models import Event
from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from invoicing.models import EntitlementUse, InvoiceUse, ReceivedInvoice, Service
from invoicing.received_rows import row_problems
from invoicing.services.received import Became, collect_invoices, set_usage
from tests.factories import acting, make_account, make_operator
from tests.invoicing.facing import make_invoice
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant
from tests.invoicing.receiving import DAY_OF_ISSUE, receive, row_for
from tests.racing import race
from tests.states import every_move, outcome

pytestmark = pytest.mark.django_db
ALLOWED = {
    ("1", "take"): "30",
    ("30", "give_back"): "1",
    ("1", "use"): "60",
    ("30", "use"): "60",
    ("60", "book"): "65",
}


def system(tenant) -> Actor:
    return Actor(door=Door.API, account=tenant.account)


def collect(tenant, *rows, actor=None):
    return collect_invoices(actor=actor or system(tenant), tenant=tenant, rows=rows, source="push")


def use(account, usage, *invoices):
    return set_usage(actor=acting(account), account=account, ids=[one.pk for one in invoices], usage=usage)


def test_good_rows_are_collected_known_ones_told_and_others_refused(english):
    taxpayer = make_taxpayer()
    tenant, right = taxpayer.tenant, entitle(taxpayer, 10, Service.RECEIVING)
    good, foreign = row_for(taxpayer), row_for(make_taxpayer())
    wrong = row_for(taxpayer, number="123")
    outcomes = collect(tenant, good, good, foreign, wrong)
    assert [one.became for one in outcomes] == [Became.COLLECTED, Became.KNOWN, Became.REFUSED, Became.REFUSED]
    assert [getattr(one.error, "code", None) for one in outcomes] == [None, None, "not_bound", "invalid"]
    kept = ReceivedInvoice.objects.get()
    assert (kept.total, kept.taxpayer, kept.usage, kept.check_state) == (Decimal("106.00"), taxpayer, "1", "3")
    right.refresh_from_db()
    assert right.used == 1
    event = Event.objects.get(kind="received.collected")
    assert sentence(event, tenant.account) == f"Collected 1 received invoices for “{tenant.name}”"


def test_without_an_entitlement_nothing_stays():
    taxpayer = make_taxpayer()
    entitle(taxpayer, 1, Service.RECEIVING)
    outcomes = collect(taxpayer.tenant, row_for(taxpayer), row_for(taxpayer))
    assert [one.became for one in outcomes] == [Became.COLLECTED, Became.REFUSED]
    assert outcomes[1].error.code == "entitlement_used_up"
    assert ReceivedInvoice.objects.count() == EntitlementUse.objects.count() == 1


def test_two_tenants_may_hold_the_same_number_and_one_call_has_an_end():
    taxpayer, other = make_taxpayer(), make_taxpayer()
    first, second = receive(taxpayer), receive(other, number="26112999999999999999")
    assert receive(other, number=first.number).tenant != first.tenant
    assert second.number != first.number
    with pytest.raises(InputError):
        collect(taxpayer.tenant)
    with pytest.raises(InputError):
        collect(taxpayer.tenant, *[row_for(taxpayer)] * 101)


def test_people_need_the_right():
    taxpayer = make_taxpayer()
    account = taxpayer.tenant.account
    for role, refusal in ((Role.VIEWER, NotAllowed), (None, NotFound)):
        user = make_operator(account, role) if role else make_operator(make_account())
        with pytest.raises(refusal):
            collect(taxpayer.tenant, row_for(taxpayer), actor=acting(account, user))
    invoice = receive(taxpayer)
    with pytest.raises(NotAllowed):
        set_usage(
            actor=acting(account, make_operator(account, Role.VIEWER)), account=account, ids=[invoice.pk], usage="30"
        )


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"amount": Decimal("-100.00"), "tax": Decimal("-6.00")}, []),
        ({"kind": "05"}, ["kind"]),
        ({"number": "2611"}, ["number"]),
        ({"code": "1100000000"}, ["code"]),
        ({"kind": "04"}, ["code", "number"]),
        ({"kind": "03", "code": "1100123456", "number": "12345678"}, []),
        ({"issued_on": DAY_OF_ISSUE.replace(year=2025)}, ["issued_on"]),
        ({"issued_on": DAY_OF_ISSUE.replace(year=1900)}, ["issued_on", "issued_on"]),
        ({"seller_name": ""}, ["seller_name"]),
        ({"seller_name": "远山\u202e有限"}, ["seller_name"]),
        ({"seller_tax_number": "12"}, ["seller_tax_number"]),
        ({"amount": Decimal("0.00")}, ["amount"]),
        ({"amount": Decimal("1.001")}, ["amount"]),
        ({"tax": Decimal("NaN")}, ["tax"]),
        ({"tax": Decimal("-6.00")}, ["tax"]),
    ],
)
def test_what_can_be_wrong_with_a_row(change, fields):
    row = replace(row_for(make_taxpayer()), **change)
    assert [name for name, _sentence in row_problems(row, today=DAY_OF_ISSUE)] == fields


@pytest.mark.parametrize(("state", "move"), every_move(ReceivedInvoice, "usage"))
def test_every_use_from_every_other(state, move):
    assert outcome(ReceivedInvoice(usage=state), "usage", move) == ALLOWED.get((state, move))


def test_uses_are_set_for_all_or_none():
    taxpayer = make_taxpayer()
    account, (one, two) = taxpayer.tenant.account, (receive(taxpayer), receive(taxpayer))
    use(account, "60", one)
    use(account, "60", one, two)
    assert {row.usage for row in ReceivedInvoice.objects.all()} == {"60"}
    third = receive(taxpayer)
    with pytest.raises(MoveRefused):
        use(account, "65", one, third)
    with pytest.raises(NotFound):
        use(make_account(), "65", one)
    with pytest.raises(InputError):
        use(account, "2", one)
    assert sorted(ReceivedInvoice.objects.values_list("usage", flat=True)) == ["1", "60", "60"]


def test_a_booked_invoice_that_was_issued_here_is_used_for_its_seller_too():
    taxpayer = make_taxpayer()
    issued = make_invoice()
    facts = {"number": issued.number, "issued_on": timezone.localdate(issued.issued_at)}
    other = receive(taxpayer, **facts, amount=issued.amount, tax=issued.tax)
    use(taxpayer.tenant.account, "60", other)
    use(taxpayer.tenant.account, "65", other)
    assert not InvoiceUse.objects.exists()  # somebody else is its buyer
    buyer = make_taxpayer(make_tenant(), tax_number=issued.buyer_tax_number)
    mine = receive(buyer, **facts, amount=issued.amount, tax=issued.tax)
    use(buyer.tenant.account, "60", mine)
    assert not InvoiceUse.objects.exists()
    use(buyer.tenant.account, "65", mine)
    assert InvoiceUse.objects.get().invoice == issued


@pytest.mark.django_db(transaction=True)
def test_the_same_number_twenty_times_at_once_is_one():
    taxpayer = make_taxpayer()
    right, row = entitle(taxpayer, 5, Service.RECEIVING), row_for(taxpayer)
    outcomes = race(20, lambda _turn: collect(taxpayer.tenant, row)[0].became)
    assert sorted(outcomes) == ["collected", *["known"] * 19]
    right.refresh_from_db()
    assert (right.used, ReceivedInvoice.objects.count()) == (1, 1)
    assert timezone.now() - ReceivedInvoice.objects.get().created_at < timedelta(minutes=5)
