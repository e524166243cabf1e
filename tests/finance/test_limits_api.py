"""Budgets, alerts, stops and services at risk by the API."""

import pytest
from django.utils import timezone

from accounts.models.api_key import Scope
from finance.models import BalanceAlert, Budget, PurchaseStop
from finance.services.purchase_stops import impose_stops
from finance.services.suspensions import review_payers
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.bills import make_product
from tests.finance.funds import top_up
from tests.finance.limiting import bill, budget

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
SCOPES = [Scope.BILLS_READ, Scope.BILLS_WRITE]


@pytest.fixture
def link(manager, member):
    return make_relationship(manager, member)


@pytest.fixture
def api(manager):
    return ApiClient(manager, scopes=SCOPES)


def test_a_budget_is_made_read_changed_and_paused(api, link, member):
    product = make_product()
    sent = {"name": "北方", "amount": "100.00", "relationship": link.pk, "product": product.code, "action": "stop"}
    made = api.post("budgets/", sent)
    assert made.status_code == 201
    bill(member, "30.00", at=timezone.now(), product=product)
    read = api.get(f"budgets/{made.json()['id']}/").json()
    assert (read["spent"], read["product"], read["actual"]) == ("30.00", product.code, [50, 80, 100])
    changed = api.patch(f"budgets/{read['id']}/", {"amount": "250.00", "product": None, "active": False}).json()
    assert (changed["amount"], changed["product"], changed["active"]) == ("250.00", None, False)
    assert (changed["name"], changed["relationship"]) == ("北方", link.pk)
    assert [row["id"] for row in api.get("budgets/").json()["data"]] == [read["id"]]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"amount": "1.00"}, "name"),
        ({"name": "x"}, "amount"),
        ({"name": "x", "amount": 5}, "amount"),
        ({"name": "x", "amount": "1.00", "actual": [0]}, "actual"),
        ({"name": "x", "amount": "1.00", "product": "none"}, "product"),
        ({"name": "x", "amount": "1.00", "action": "explode"}, "action"),
        ({"name": "x", "amount": "1.00", "active": False}, "active"),
    ],
)
def test_a_wrong_budget_is_refused_at_its_field(api, sent, field):
    answer = api.post("budgets/", sent)
    assert answer.status_code == 422
    assert field in str(answer.json())
    assert not Budget.objects.exists()


def test_alerts_are_set_for_many_at_once_and_given_up(api, link, manager):
    hidden = make_relationship(manager, make_account(), kind="partner", points=["view_bills"])
    answer = api.post("alerts/", {"threshold": "50.00", "relationships": [link.pk, hidden.pk]}).json()
    assert (answer["done"], answer["refused"]) == (1, 1)
    assert [line["refusal"] and line["refusal"]["rule"] for line in answer["lines"]] == [None, "K1.2"]
    own = api.post("alerts/", {"threshold": "70.00"}).json()["lines"][0]["alert"]
    assert (own["account"]["number"], own["threshold"]) == (manager.number, "70.00")
    assert len(api.get("alerts/").json()["data"]) == 2
    assert api.delete(f"alerts/{own['id']}/").status_code == 200
    assert BalanceAlert.objects.count() == 1


def test_stops_are_set_decided_and_lifted(api, link, manager):
    made = api.post("purchase-stops/", {"relationship": link.pk, "reason": "预算已用完"}).json()
    assert (made["state"], made["member"]["number"]) == ("active", link.member.number)
    assert api.post("purchase-stops/", {"relationship": link.pk}).status_code == 409
    assert api.post(f"purchase-stops/{made['id']}/lift/", {}).json()["state"] == "lifted"
    [asked] = impose_stops(budget=budget(manager), links=[link], ask=True, at=timezone.now())
    assert [row["id"] for row in api.get("purchase-stops/?state=asked").json()["data"]] == [asked.pk]
    assert api.post(f"purchase-stops/{asked.pk}/approve/", {}).json()["state"] == "active"
    assert api.post(f"purchase-stops/{asked.pk}/decline/", {}).status_code == 409


def test_services_at_risk_are_listed_for_whoever_pays_and_whoever_uses(api, link, manager, member):
    bill(manager, "5.00", at=timezone.now())
    review_payers()
    rows = api.get("suspensions/?state=grace").json()["data"]
    assert [(row["payer"]["number"], row["state"]) for row in rows] == [(manager.number, "grace")]
    assert ApiClient(member, scopes=SCOPES).get("suspensions/").json()["data"] == []


def test_other_accounts_and_other_scopes_get_nothing(api, link, manager, stranger):
    one = budget(manager)
    stop = PurchaseStop.objects.create(relationship=link)
    alert = api.post("alerts/", {"threshold": "1.00"}).json()["lines"][0]["alert"]
    other, narrow = ApiClient(stranger, scopes=SCOPES), ApiClient(manager, scopes=[Scope.FUNDS_READ, Scope.FUNDS_WRITE])
    for method, path in (
        ("get", f"budgets/{one.pk}/"),
        ("patch", f"budgets/{one.pk}/"),
        ("get", f"purchase-stops/{stop.pk}/"),
        ("post", f"purchase-stops/{stop.pk}/lift/"),
        ("delete", f"alerts/{alert['id']}/"),
    ):
        body = () if method in {"get", "delete"} else ({},)
        assert getattr(other, method)(path, *body).status_code == 404
        assert getattr(narrow, method)(path, *body).status_code == 403
    for path in ("budgets/", "alerts/", "purchase-stops/", "suspensions/"):
        assert other.get(path).json()["data"] == []


def test_as_many_queries_for_many_as_for_one(api, manager, django_assert_max_num_queries):
    top_up(manager, "10.00")
    for _number in range(4):
        member = make_relationship(manager, make_account())
        budget(manager, relationship_id=member.pk)
        PurchaseStop.objects.create(relationship=member)
    for path in ("budgets/", "alerts/", "purchase-stops/", "suspensions/"):
        with django_assert_max_num_queries(9):
            api.get(path)
