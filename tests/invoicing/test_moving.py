"""What a change of tenant leaves the new tenant with: it can work at once."""

import pytest

from accounts.actors import SYSTEM
from invoicing.faces import Party
from invoicing.models import Credential
from invoicing.services.consuming import NotBound
from invoicing.services.open_invoices import take_back
from invoicing.services.red_letters import Business
from tests.invoicing.changing import approve, ask_to_move
from tests.invoicing.facing import make_face, make_invoice
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant
from tests.invoicing.test_changes_between import agree

pytestmark = pytest.mark.django_db


@pytest.mark.rule("I5.2", "I7.4")
@pytest.mark.parametrize("entitled", [True, False])
def test_a_tenant_that_takes_in_its_first_entitlement_has_keys(entitled):
    taxpayer, to = make_taxpayer(), make_tenant()
    if entitled:
        entitle(taxpayer)
    change = ask_to_move(taxpayer, to)
    agree(change)
    approve(change)
    assert Credential.objects.filter(tenant=to).exists() is entitled


@pytest.mark.rule("I7.4")
def test_what_was_issued_before_the_move_is_taken_back_from_the_new_tenant_alone():
    taxpayer, to = make_taxpayer(), make_tenant()
    entitle(taxpayer)
    blue = make_invoice(tenant=taxpayer.tenant, face=make_face(seller=Party(taxpayer.name, taxpayer.tax_number)))
    before = Credential.objects.create(tenant=taxpayer.tenant, client_id="before", secret="x", encrypt_key="x")
    change = ask_to_move(taxpayer, to)
    agree(change)
    approve(change)
    asked = {"actor": SYSTEM, "tax_number": taxpayer.tax_number, "number": blue.number, "reason": "01"}
    with pytest.raises(NotBound):
        take_back(business=Business(before, "R1"), **asked)
    letter = take_back(business=Business(Credential.objects.get(tenant=to), "R1"), **asked)
    assert (letter.invoice, letter.issue_order.client.tenant) == (blue, to)
