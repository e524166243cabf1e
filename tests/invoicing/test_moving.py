"""What a change of tenant leaves the new tenant with: it can work at once."""

import pytest

from invoicing.models import Credential
from tests.invoicing.changing import approve, ask_to_move
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
