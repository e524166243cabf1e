"""Account sets and their users by the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models.api_key import Scope
from kiscloud.models import AccountSet, SetUser, Subscription
from kiscloud.services.account_sets import give_up, make_set
from tests.accounts.api_client import ApiClient
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company
from tests.kiscloud.sets import colleague, created, in_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]
BODY = {"name": "API 账套", "company": "云岭商贸", "start_month": "2026-03", "code_lengths": [4, 3]}


@pytest.fixture
def product() -> Subscription:
    return active(make_company())


@pytest.fixture
def api(product: Subscription) -> ApiClient:
    return ApiClient(product.company.account)


@pytest.mark.rule("S13.2", "S13.3", "S13.4", "S8.3")
def test_a_set_is_created_and_read_until_it_is_ready(api, product):
    answer = api.post("sets/", {**BODY, "product": product.pk}, key="one")
    made = answer.json()
    assert (answer.status_code, made["state"], made["users"]) == (201, "creating", 1)
    assert answer["Location"].endswith(f"/sets/{made['id']}/")
    assert api.post("sets/", {**BODY, "product": product.pk}, key="one").json() == made
    make_set(set_id=made["id"])
    shown = api.get(f"sets/{made['id']}/").json()
    assert (shown["state"], shown["number"]) == ("ready", made["number"])
    assert SetUser.objects.get(account_set=made["id"], is_admin=True).user == product.company.founder
    assert api.get("sets/products/").json()["data"][0]["sets_used"] == 1
    assert [row["id"] for row in api.get(f"sets/?product={product.pk}").json()["data"]] == [made["id"]]
    for _ in range(2):
        assert api.post("sets/", {**BODY, "product": product.pk}).status_code == 201
    full = api.post("sets/", {**BODY, "product": product.pk})
    assert (full.status_code, full.json()["code"], full.json()["rule"]) == (409, "no_set_left", "S8.3")


@pytest.mark.parametrize(
    ("field", "wrong"), [("start_month", "2026-13"), ("tax_kind", "x"), ("code_lengths", [4, 9]), ("surprise", 1)]
)
def test_wrong_values_are_named(api, product, field, wrong):
    answer = api.post("sets/", {**BODY, "product": product.pk, field: wrong})
    assert answer.status_code == 422
    assert field in answer.text
    assert not AccountSet.objects.exists()


@pytest.mark.rule("S15.1", "S15.5")
def test_only_failed_sets_are_deleted_without_a_phone(api, product):
    ready, failed = created(product), created(product)
    refused = api.delete(f"sets/{ready.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (403, "code_by_phone")
    AccountSet.objects.filter(pk=failed.pk).update(state="creating")
    give_up(set_id=failed.pk, fault="x")
    assert api.post(f"sets/{failed.pk}/again/").json()["state"] == "creating"
    give_up(set_id=failed.pk, fault="x")
    assert api.delete(f"sets/{failed.pk}/").json()["state"] == "deleted"
    assert api.get(f"sets/{failed.pk}/").status_code == 404


@pytest.mark.rule("S14.1", "S14.6", "S14.9", "S14.11", "S14.13")
def test_people_are_added_changed_and_taken_out(api, product):
    account_set, known = created(product), make_user()
    added = api.post(f"sets/{account_set.pk}/users/", {"mobile": known.mobile, "name": "王芳"})
    assert (added.status_code, added.json()["name"], added.json()["is_registered"]) == (201, "王芳", True)
    new = api.post(f"sets/{account_set.pk}/users/", {"mobile": "13711112222", "name": "赵敏"}).json()
    assert new["is_registered"] is False
    assert api.post(f"sets/{account_set.pk}/users/", {"mobile": known.mobile, "name": "x"}).status_code == 422
    assert [row["name"] for row in api.get(f"sets/{account_set.pk}/users/?q=王").json()["data"]] == ["王芳"]
    address = f"set-users/{added.json()['id']}/"
    assert api.patch(address, {"name": "Manager"}).json()["code"] == "forbidden_name"
    changed = api.patch(address, {"name": "王小芳", "is_admin": True, "enabled": True}).json()
    assert (changed["name"], changed["is_admin"], changed["state"]) == ("王小芳", True, "enabled")
    assert api.delete(address).json()["code"] == "set_user_enabled"
    assert api.patch(address, {"enabled": False}).json()["state"] == "disabled"
    assert api.delete(address).status_code == 200
    assert api.get(address).status_code == 404


def test_other_companies_are_not_there(api, product):
    other = active(make_company(name="另一家"))
    account_set = created(other)
    user = in_set(account_set, colleague(other))
    assert api.get("sets/").json()["data"] == []
    asked = [
        api.get(f"sets/{account_set.pk}/"),
        api.delete(f"sets/{account_set.pk}/"),
        api.post(f"sets/{account_set.pk}/again/"),
        api.get(f"sets/{account_set.pk}/users/"),
        api.post(f"sets/{account_set.pk}/users/", {"mobile": "13711112222", "name": "x"}),
        api.get(f"set-users/{user.pk}/"),
        api.patch(f"set-users/{user.pk}/", {"name": "x"}),
        api.delete(f"set-users/{user.pk}/"),
        api.post("sets/", {**BODY, "product": other.pk}),
    ]
    assert {answer.status_code for answer in asked} == {404}
    assert product.company.members.count() == 1


def test_an_account_without_a_company_and_a_key_without_the_scope(manager, product):
    assert ApiClient(manager).get("sets/").status_code == 404
    reader = ApiClient(product.company.account, scopes=[Scope.SETS_READ])
    assert reader.get("sets/").status_code == 200
    assert reader.post("sets/", {**BODY, "product": product.pk}).status_code == 403
    assert ApiClient(product.company.account, scopes=[Scope.FUNDS_READ]).get("sets/").status_code == 403


def test_long_lists_cost_no_more_queries(api, product):
    account_set = created(product)

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get(address).status_code == 200
        return len(queries)

    addresses = ["sets/", f"sets/{account_set.pk}/users/", "sets/products/"]
    count("sets/")
    before = [count(address) for address in addresses]
    for number in range(10):
        in_set(account_set, colleague(product, f"王{number}"))
    created(product)
    assert [count(address) for address in addresses] == before
