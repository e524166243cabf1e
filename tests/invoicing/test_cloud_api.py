"""The invoice cloud by API: tenants, entitlements and uses, of the own account only, and no secret in any answer."""

import pytest
from django.utils import timezone

from accounts import policy
from accounts.models.api_key import Scope
from invoicing.client_secrets import encrypt_keys_at, secrets_at
from invoicing.services.consuming import consume
from tests.accounts.api_client import ApiClient
from tests.fuzzing import Fuzzer
from tests.invoicing.clouding import assigned, credential_of, package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.mark.rule("I6.1", "I7.1")
def test_tenants_entitlements_and_uses(manager):
    right = assigned(manager, package(quantity=20))
    consume(taxpayer=right.taxpayer, service=right.service, serial="ERP-1")
    api = ApiClient(manager, [Scope.INVOICES_READ])
    [tenant] = api.get("invoice-cloud/tenants/").json()["data"]
    assert tenant["client_id"] == credential_of(right).client_id
    [enterprise] = api.get(f"invoice-cloud/tenants/{tenant['id']}/").json()["enterprises"]
    assert enterprise["tax_number"] == right.taxpayer.tax_number
    [row] = api.get(f"invoice-cloud/entitlements/?tax_number={right.taxpayer.tax_number.lower()}").json()["data"]
    assert (row["granted"], row["used"], row["left"], row["standing"]) == (20, 1, 19, "valid")
    assert api.get(f"invoice-cloud/entitlements/{row['id']}/").json() == row
    [use] = api.get(f"invoice-cloud/entitlements/{row['id']}/uses/").json()["data"]
    assert use["serial"] == "ERP-1"
    assert api.get("invoice-cloud/entitlements/?standing=used_up").json()["data"] == []
    assert api.get("invoice-cloud/entitlements/?standing=best").status_code == 422


def test_what_is_not_ones_own_is_not_there(manager, stranger):
    right = assigned(stranger)
    api = ApiClient(manager)
    for path in ("tenants", "entitlements"):
        assert api.get(f"invoice-cloud/{path}/").json()["data"] == []
    for path in (f"tenants/{right.taxpayer.tenant_id}", f"entitlements/{right.pk}", f"entitlements/{right.pk}/uses"):
        assert api.get(f"invoice-cloud/{path}/").status_code == 404
    assert ApiClient(stranger, [Scope.BILLS_READ]).get("invoice-cloud/tenants/").status_code == 403


@pytest.mark.rule("I5.2")
def test_no_answer_holds_a_secret(manager):
    credential, now = credential_of(assigned(manager)), timezone.now()
    api = ApiClient(manager)
    tenant = f"invoice-cloud/tenants/{credential.tenant_id}/"
    told = "".join(api.get(path).text for path in ("invoice-cloud/tenants/", tenant))
    assert not [one for one in (*secrets_at(credential, now), *encrypt_keys_at(credential, now)) if one in told]


def test_nothing_that_is_sent_breaks_it(manager, monkeypatch):
    monkeypatch.setattr(policy, "API_CALLS_PER_KEY", (10**6, 60))
    right = assigned(manager)
    consume(taxpayer=right.taxpayer, service=right.service, serial="ERP-1")
    known = {"tenant": [right.taxpayer.tenant_id], "tax_number": [right.taxpayer.tax_number]}
    ids = {"invoice-cloud": [right.taxpayer.tenant_id, right.pk]}
    seen = Fuzzer(ApiClient(manager), known=known, ids=ids).run(["invoice-cloud"])
    assert len(seen) == 5
    assert [name for name, statuses in seen.items() if min(statuses) >= 300] == []
