"""Products of a company by the API: the pages' services and refusals."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import policy as accounts_policy
from accounts.models.api_key import Scope
from kiscloud import policy
from kiscloud.models import Company, Subscription
from kiscloud.services.activation import draw_cd_key
from tests.accounts.api_client import ApiClient
from tests.factories import make_account
from tests.fuzzing import Fuzzer
from tests.kiscloud.kis import DAY, active, make_company, make_set, waiting_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]
ROOT = "company/products/"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def api(company: Company) -> ApiClient:
    return ApiClient(company.account)


def added(api: ApiClient, edition: str = "trade") -> str:
    """The address of a product that was just added."""
    answer = api.post(ROOT, {"edition": edition})
    assert answer.status_code == 201
    return f"{ROOT}{answer.json()['id']}/"


def operations(shown: Mapping[str, Any]) -> dict[str, str]:
    """The rule that speaks against each operation, or "" where it is possible."""
    return {one["operation"]: "" if one["possible"] else one["rule"] or one["code"] for one in shown["operations"]}


@pytest.mark.rule("S6.1", "S6.3", "S7.3", "S7.5", "S11.2", "S11.3")
def test_a_product_is_added_tried_and_deleted_and_says_what_is_possible(api, company):
    address = added(api)
    shown = api.get(address).json()
    assert (shown["state"], shown["name"], shown["expires_at"]) == ("unused", "KIS Cloud Trade", None)
    assert operations(shown) == {
        "try": "",
        "activate": "",
        "update": "S10.5",
        "add_module": "S10.5",
        "to_private": "S18.10",
        "create_set": "S10.3",
        "delete": "",
    }
    tried = api.post(f"{address}try/", key="once").json()
    assert (tried["state"], tried["sets_total"], tried["users_total"]) == ("trial", 1, 3)
    assert api.post(f"{address}try/", key="once").json() == tried
    assert [operations(tried)[name] for name in ("try", "create_set")] == ["wrong_state", ""]
    refused = api.post(f"{address}try/").json()
    (why,) = [one for one in tried["operations"] if one["operation"] == "try"]
    assert (refused["code"], refused["detail"]) == (why["code"], why["reason"])
    made = make_set(Subscription.objects.get())
    assert api.delete(address).json()["rule"] == operations(api.get(address).json())["delete"] == "S11.2"
    made.delete_for_good()
    made.save(update_fields=["state"])
    assert api.delete(address).status_code == 200
    assert api.get(address).status_code == 404
    assert company.subscriptions.get().created_by == company.founder


@pytest.mark.rule("S7.1", "S7.4")
def test_trials_are_limited_as_in_the_console(api, company):
    other = make_company(company.founder, name="另一家")
    assert ApiClient(other.account).post(f"{added(ApiClient(other.account))}try/").status_code == 200
    address = added(api)
    assert operations(api.get(address).json())["try"] == "S7.1"
    assert api.post(f"{address}try/").json()["code"] == "tried_elsewhere"


@pytest.mark.rule("S8.1", "S8.2")
def test_it_is_activated_and_wrong_tries_count(api, company, monkeypatch):
    monkeypatch.setattr(policy, "KEY_ATTEMPTS", 3)
    key, address = waiting_key(company), f"{added(api)}activate/"
    typed = draw_cd_key(key_id=key.pk, reference="letter")
    right = {"serial": key.serial, "cd_key": typed}
    other = draw_cd_key(key_id=waiting_key(company).pk, reference="letter")
    assert api.post(address, {**right, "serial": "KIS"}).json()["errors"].keys() == {"serial"}
    assert api.post(address, {**right, "cd_key": other}).json()["code"] == "wrong_key"
    done = api.post(address, right, key="once").json()
    assert (done["state"], done["serial"], done["sets_total"], done["users_total"]) == ("public", key.serial, 3, 5)
    assert typed not in str(done)
    assert api.post(address, right, key="once").json() == done  # and is no try
    assert operations(done)["delete"] == "S11.1"
    assert api.post(address, right).json()["code"] == "key_used"
    assert api.post(address, right).status_code == 429


@pytest.mark.rule("S10.5", "S10.6", "S18.2", "S18.9")
def test_what_was_bought_is_used(api, company):
    product = active(company, edition="trade", until=timezone.now() + 3 * DAY)
    address = f"{ROOT}{product.pk}/"
    assert api.post(f"{address}update/").json()["rule"] == "S10.5"
    waiting_key(company)
    module = waiting_key(company)
    module.kind = "module"
    module.save()
    shown = api.get(address).json()
    assert (shown["renewals"], shown["modules"]) == (1, 1)
    assert [operations(shown)[name] for name in ("update", "add_module")] == ["", ""]
    renewed = api.post(f"{address}update/").json()
    assert renewed["expires_at"] > shown["expires_at"]
    assert api.post(f"{address}module/").json()["has_module"] is True
    assert api.post(f"{address}to-private/").json()["state"] == "in_use"
    assert api.post(f"{address}to-private/").json()["rule"] == "S18.9"


def test_others_are_not_there_and_a_key_needs_its_scope(api, company):
    theirs = f"{ROOT}{active(make_company(name='另一家')).pk}/"
    acts = ["try/", "activate/", "update/", "module/", "to-private/"]
    key = {"serial": "KIS-ZY-26-00000001", "cd_key": "x"}
    key["cd_key"] = draw_cd_key(key_id=waiting_key(company).pk, reference="x")
    asked = [api.get(theirs), api.delete(theirs), *(api.post(theirs + act, key) for act in acts)]
    assert {answer.status_code for answer in asked} == {404}
    assert api.get(ROOT).json()["data"] == []
    assert ApiClient(make_account()).get(ROOT).status_code == 404
    own = f"{ROOT}{active(company).pk}/"
    reader = ApiClient(company.account, scopes=[Scope.PRODUCTS_READ])
    assert reader.get(own).status_code == 200
    asked = [reader.post(ROOT, {}), reader.delete(own), *(reader.post(own + act, key) for act in acts)]
    asked.append(ApiClient(company.account, scopes=[Scope.SETS_READ]).get(ROOT))
    assert {answer.status_code for answer in asked} == {403}


def test_long_lists_cost_no_more_queries(api, company):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get(ROOT).status_code == 200
        return len(queries)

    active(company)
    count()
    before = count()
    for _number in range(8):
        make_set(active(company))
    assert count() == before


def test_nothing_that_is_sent_breaks_it(api, company, monkeypatch):
    monkeypatch.setattr(accounts_policy, "API_CALLS_PER_KEY", (10**6, 60))
    monkeypatch.setattr(policy, "KEY_ATTEMPTS", 10**6)
    product, key = active(company, edition="trade"), waiting_key(company)
    known = {"serial": [key.serial], "cd_key": [draw_cd_key(key_id=key.pk, reference="x")]}
    addresses = [int(added(api).split("/")[-2]), product.pk]
    fuzzer = Fuzzer(api, known=known, ids={"company": addresses}, examples=6)
    seen = fuzzer.run(["company products"])
    assert len(seen) == 9
    never = {name for name, statuses in seen.items() if min(statuses) >= 300}
    assert never <= {"company_products_add_module", "company_products_activate"}  # they take what was bought
