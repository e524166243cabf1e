"""Funds by the API."""

import pytest

from tests.accounts.api_client import ApiClient
from tests.factories import make_relationship
from tests.finance.funds import D, funds, top_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(manager, member):
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


@pytest.fixture
def api(manager):
    return ApiClient(manager)


@pytest.mark.rule("K10.1", "K10.2")
def test_an_allotment_and_its_flow_and_its_receipt(api, linked, member):
    answer = api.post("allotments/", {"relationship": linked.pk, "amount": "300.00", "note": "三月预算"})
    assert answer.status_code == 201, answer.text
    flow = answer.json()
    assert (flow["amount"], flow["side"], flow["member"]["number"]) == ("300.00", "manager", member.number)
    assert api.get(answer.headers["Location"].removeprefix("http://testserver/api/v1/")).json() == flow
    assert funds(member).balance == D("300.00")
    receipt = api.get(f"receipts/{flow['receipt']}/").json()
    assert (receipt["matches"], receipt["amount"], receipt["flow"]) == (True, "300.00", flow["id"])


def test_every_list_answers(api, linked):
    for path in ("balances/", "balances/members/", "flows/", "topups/", "credit/"):
        assert api.get(path).status_code == 200, path
