"""A tax number was typed wrong when the order was assigned: noticed, asked to be changed, paid, approved, and used."""

import pytest

from invoicing.faces import Party
from invoicing.models import ChangeRequest, Entitlement, Invoice, Taxpayer
from invoicing.services.consuming import NotBound
from invoicing.services.open_invoices import find_order, issue_invoice
from invoicing.services.sending import advance
from tests.finance.funds import D, funds
from tests.invoicing.changing import RIGHT, approve, ask, fee, pay
from tests.invoicing.clouding import assigned, credential_of
from tests.invoicing.facing import make_face

pytestmark = pytest.mark.django_db


def issue(client, taxpayer, serial):
    face = make_face(seller=Party(name=taxpayer.name, tax_number=taxpayer.tax_number, address="海淀区", phone="010"))
    order = advance(order_id=issue_invoice(client=client, face=face, serial=serial).pk)
    return Invoice.objects.get(issue_order=order)


@pytest.mark.rule("I1.2", "I7.1", "I7.2", "I7.3", "I7.4")
def test_from_the_wrong_number_to_the_first_invoice_with_the_right_one():
    fee("300")
    entitlement = assigned()
    wrong, client = entitlement.taxpayer, credential_of(entitlement)
    first = issue(client, wrong, "S1")
    change = ask(wrong)
    assert (change.state, change.fee_order.payable) == ("to_pay", D("300.00"))
    before = funds(change.account).cash
    assert pay(change).state == "in_review"
    assert funds(change.account).cash == before + D("700.00")  # 1,000.00 were topped up
    approve(change, answer="已核对营业执照")
    right = Taxpayer.objects.bound().get(tax_number=RIGHT)
    moved = Entitlement.objects.get(taxpayer=right)
    assert (moved.granted, moved.continues) == (entitlement.granted - 1, entitlement)
    second = issue(client, right, "S1")  # the serials of another seller are others
    moved.refresh_from_db()
    assert (second.seller_tax_number, moved.used) == (RIGHT, 1)
    with pytest.raises(NotBound):
        issue(client, wrong, "S2")
    assert find_order(tenant=client.tenant, tax_number=wrong.tax_number, serial="S1") == first.issue_order
    assert ChangeRequest.objects.get().result == {"enterprises": 1, "entitlements": 1, "uses": moved.granted}
