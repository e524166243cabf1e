"""Statements, disputes and repayment plans by the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from accounts.models.api_key import Scope
from accounts.permissions import P1, P2
from config.jobs import run_due
from finance.models import RepaymentPlan
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.billing import JULY, confirmed, issued, make_line, statement_of
from tests.finance.funds import D, funds, top_up
from tests.finance.pages import WRONG_AMOUNTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member, points=P2)


@pytest.fixture
def api(manager):
    return ApiClient(manager)


@pytest.fixture
def statement(linked, member):
    make_line(member, "30.00")
    make_line(member, "70.00")
    return issued(member)


@pytest.mark.rule("K6.6", "K7.4", "K7.6")
def test_a_manager_reads_disputes_confirms_and_repays_for_its_member(api, statement, member, manager):
    assert api.get("statements/").json()["data"] == []
    (shown,) = api.get("statements/?of=members&month=2025-06").json()["data"]
    assert api.get("statements/?of=members&folder=1").json()["data"] == []
    assert api.get("statements/?of=group").json()["data"] == [shown]
    assert (shown["id"], shown["month"], shown["due"], shown["state"]) == (
        statement.pk,
        "2025-06",
        "100.00",
        "to_confirm",
    )
    lines = api.get(f"statements/{statement.pk}/lines/").json()["data"]
    assert [line["payable"] for line in lines] == ["70.00", "30.00"]
    assert Event.objects.get(kind="member.viewed").facts["page"] == "statements"
    body = {"line": lines[1]["id"], "amount": "20.00", "reason": "用量不对"}
    dispute = api.post(f"statements/{statement.pk}/disputes/", body)
    assert (dispute.status_code, dispute.json()["state"]) == (201, "open")
    assert api.post(f"statements/{statement.pk}/confirm/").json()["state"] == "confirmed"
    top_up(manager, "500.00")
    repaid = api.post(f"statements/{statement.pk}/repayments/", {}).json()
    assert (repaid["amount"], repaid["statement"]["state"], repaid["statement"]["due"]) == (
        "80.00",
        "partly_paid",
        "20.00",
    )
    assert api.get(f"receipts/{repaid['receipt']}/").json()["kind"] == "repayment"
    assert api.delete(f"disputes/{dispute.json()['id']}/").json()["state"] == "withdrawn"
    assert (
        api.post(f"statements/{statement.pk}/repayments/", {"amount": "20"}).json()["statement"]["state"] == "settled"
    )
    assert len(api.get(f"statements/{statement.pk}/disputes/").json()["data"]) == 1
    assert funds(manager).cash == 400


def test_a_repeat_with_its_key_repays_once(statement, member):
    confirmed(member)
    top_up(member, "500.00")
    api = ApiClient(member)
    for _time in range(2):
        answer = api.post(f"statements/{statement.pk}/repayments/", {"amount": "10"}, key="once")
        assert answer.status_code == 201
    assert funds(member).cash == D("490.00")


@pytest.mark.rule("K11.1", "K11.3", "K11.4")
def test_a_plan_is_made_followed_and_cancelled(api, statement, member, manager):
    confirmed(member)
    top_up(manager, "30.00")
    body = {"name": "六月还款", "statements": [statement.pk], "consent": False}
    refused = api.post("plans/", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "consent_missing")
    made = api.post("plans/", {**body, "consent": True})
    plan = made.json()
    assert (made.status_code, plan["state"], plan["items"][0]["amount"]) == (201, "active", "100.00")
    run_due()
    shown = api.get(f"plans/{plan['id']}/").json()
    assert (shown["items"][0]["paid"], shown["items"][0]["state"]) == ("30.00", "pending")
    assert [one["id"] for one in api.get("plans/").json()["data"]] == [plan["id"]]
    cancelled = api.delete(f"plans/{plan['id']}/").json()
    assert (cancelled["state"], cancelled["items"][0]["reason"]) == ("cancelled", "cancelled")


@pytest.mark.rule("K11.5")
def test_a_completed_plan_is_not_cancelled(api, statement, member, manager):
    confirmed(member)
    top_up(manager, "100.00")
    plan = api.post("plans/", {"name": "x1", "statements": [statement.pk], "consent": True}).json()
    run_due()
    refused = api.delete(f"plans/{plan['id']}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_scopes_and_strangers(statement, member, manager, stranger):
    reader, writer = ApiClient(manager, [Scope.BILLS_READ]), ApiClient(manager, [Scope.BILLS_WRITE])
    neither = ApiClient(manager, [Scope.FUNDS_READ, Scope.FUNDS_WRITE])
    reads = ("statements/", f"statements/{statement.pk}/", f"statements/{statement.pk}/lines/", "plans/")
    assert {reader.get(path).status_code for path in reads} == {200}
    assert {caller.get(path).status_code for path in reads for caller in (writer, neither)} == {403}
    acts = [f"statements/{statement.pk}/{act}/" for act in ("confirm", "repayments", "disputes")]
    assert {caller.post(path, {}).status_code for path in [*acts, "plans/"] for caller in (reader, neither)} == {403}
    outside = ApiClient(stranger)
    assert {outside.get(path).status_code for path in reads[1:3]} == {404}
    body = {"line": 1, "amount": "1.00", "reason": "x"}
    assert {outside.post(path, body if "disputes" in path else {}).status_code for path in acts} == {404}
    assert outside.post("plans/", {"name": "x1", "statements": [statement.pk], "consent": True}).status_code == 404
    assert {outside.delete(path).status_code for path in ("disputes/1/", "plans/1/")} == {404}


def test_only_seeing_is_refused_by_name(member, stranger):
    make_relationship(stranger, member, points=P1)
    make_line(member, "30.00")
    pk = issued(member).pk
    refused = ApiClient(stranger).post(f"statements/{pk}/confirm/")
    assert (refused.status_code, refused.json()["code"]) == (403, "point_missing")


@pytest.mark.parametrize("amount", [*WRONG_AMOUNTS, 5, 5.5, True, None, [], {}])
def test_an_amount_that_is_none_is_refused(api, statement, member, amount):
    confirmed(member)
    answer = api.post(f"statements/{statement.pk}/repayments/", {"amount": amount})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["amount"])
    body = {"line": 1, "amount": amount, "reason": "x"}
    assert list(api.post(f"statements/{statement.pk}/disputes/", body).json()["errors"]) == ["amount"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x", "statements": [], "consent": True},
        {"name": "x", "statements": ["a"], "consent": True},
        {"name": "x", "statements": [-1], "consent": True},
        {"name": "x", "statements": [2**63], "consent": True},
        {"name": "x", "statements": list(range(1, 202)), "consent": True},
        {"name": "x", "statements": [1], "consent": True, "order": "x"},
        {"name": "x", "statements": [1], "consent": True, "more": 1},
        {"name": "\u202e", "statements": [1], "consent": True},
        {"name": "", "statements": [1], "consent": True},
    ],
)
def test_a_wrong_plan_is_refused_by_field(api, body):
    answer = api.post("plans/", body)
    assert (answer.status_code, RepaymentPlan.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    "query", ["of=x", "month=2025-13", "month=x", "state=x", "member=1", "limit=0", "after=x", "y=1"]
)
def test_a_wrong_question_is_refused(api, query):
    assert api.get(f"statements/?{query}").status_code == 422


def test_lists_ask_the_same_for_one_and_for_many(api, manager):
    def more(count):
        for _ in range(count):
            link = make_relationship(manager, make_account(), points=P2)
            make_line(link.member, "5.00")
            make_line(link.member, "5.00", JULY)
            confirmed(link.member)
            wish = {"name": "x1", "statements": [statement_of(link.member).pk], "consent": True}
            assert api.post("plans/", wish).status_code == 201

    more(1)
    paths = ("statements/?of=members", "plans/")
    few = [count_of(api, path) for path in paths]
    more(4)
    assert [count_of(api, path) for path in paths] == few


def count_of(api, path):
    with CaptureQueriesContext(connection) as caught:
        assert api.get(path).status_code == 200
    return len(caught)
