"""Funds by the API: what is refused, with which words and numbers, and that nothing moves."""

import json

import pytest

from accounts.models.api_key import Scope
from accounts.services.relationships import dissolve_relationship
from finance import policy
from finance.models import Allotment, CreditAllotment, Entry, TopUp
from finance.services import credit
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, allot, funds, mover, spend, staff, top_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]
READS = ("balances/", "balances/members/", "flows/", "topups/", "credit/")
MOVES = ("allotments/", "recalls/", "credit/allotments/", "credit/recalls/")
BATCHES = ("allotments/batch/", "recalls/batch/")
WRONG = [
    "-5.00",
    "-0.00",
    "0.005",
    "1.234",
    "NaN",
    "-Infinity",
    "1e400",
    "１２.００",
    "0x10",
    "1,00",
    "٣",
    "",
    " ",
    "1 2",
]
WRONG += ["9" * 14, "1" * 5000, "12.", ".5", "1\x00", "¥", "1.00 yuan"]


@pytest.fixture
def linked(manager, member):
    """A group relationship whose manager has 1,000.00 yuan of its own."""
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


@pytest.fixture
def api(manager):
    return ApiClient(manager)


@pytest.fixture
def unmoved(linked, member):
    """Nothing has moved when the test ends."""
    allot(linked, "100.00")
    before = Entry.objects.count()
    yield
    assert Entry.objects.count() == before
    assert (Allotment.objects.count(), CreditAllotment.objects.count(), TopUp.objects.count()) == (1, 0, 0)
    assert funds(member).balance == 100


@pytest.mark.usefixtures("unmoved")
def test_each_scope_opens_its_own_half(manager, linked):
    reader, writer = ApiClient(manager, [Scope.FUNDS_READ]), ApiClient(manager, [Scope.FUNDS_WRITE])
    neither = ApiClient(manager, [Scope.READ, Scope.WRITE])
    flow = Allotment.objects.get()
    reads = (*READS, f"flows/{flow.pk}/", f"receipts/{flow.transfer_id}/")
    assert {reader.get(path).status_code for path in reads} == {200}
    body = {"relationship": linked.pk, "amount": "1.00"}
    for caller, scope in ((writer, Scope.FUNDS_READ), (neither, Scope.FUNDS_READ)):
        refused = [caller.get(path).json() for path in reads]
        assert {(one["code"], one["facts"]["scope"]) for one in refused} == {("scope_missing", scope.value)}
    for caller in (reader, neither):
        refused = [caller.post(path, body) for path in (*MOVES, *BATCHES, "topups/")] + [caller.delete("topups/1/")]
        assert {one.status_code for one in refused} == {403}
        assert {one.json()["facts"]["scope"] for one in refused} == {Scope.FUNDS_WRITE.value}
    assert writer.post("allotments/", {**body, "amount": "0.01"}).status_code == 422


@pytest.mark.rule("K10.6")
@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("amount", [*WRONG, 5, 5.0, 1e400, True, None, [], {}])
def test_an_amount_that_is_none_is_refused_everywhere(api, linked, amount):
    if amount == 1e400:
        amount = 10**400
    line = {"relationship": linked.pk, "amount": amount}
    for path in (*MOVES, "topups/"):
        answer = api.post(path, {"amount": amount} if path == "topups/" else line)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["amount"]), path
        assert answer.json()["errors"]["amount"][0].endswith(".")
    for path in BATCHES:
        answer = api.post(path, {"lines": [{**line, "amount": "5.00"}, line]})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["lines.1.amount"]), path


@pytest.mark.rule("K10.6")
@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("amount", ["0", "0.00", "0.01"])
def test_too_small_an_amount_is_refused(api, linked, amount):
    line = {"relationship": linked.pk, "amount": amount}
    paths = ["allotments/"] if amount == "0.01" else [*MOVES, "topups/"]
    for path in paths:
        answer = api.post(path, {"amount": amount} if path == "topups/" else line)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["amount"]), path
    (line,) = api.post("allotments/batch/", {"lines": [line]}).json()["lines"]
    assert (line["flow"], line["refusal"]["code"]) == (None, "invalid")


@pytest.mark.usefixtures("unmoved")
def test_bodies_that_make_no_sense(api, linked):
    line = {"relationship": linked.pk, "amount": "5.00"}
    most = policy.ALLOTMENTS_PER_BATCH_MAX
    for path, body, field in (
        ("allotments/", {**line, "account": 1}, "account"),
        ("allotments/", {**line, "note": "x" * 201}, "note"),
        ("allotments/", {**line, "note": "a\u202eb"}, "note"),
        ("allotments/", {**line, "relationship": 2**63}, "relationship"),
        ("allotments/", {"amount": "5.00"}, "relationship"),
        ("allotments/", [line], "body"),
        ("allotments/batch/", {"lines": []}, "lines"),
        ("allotments/batch/", {"lines": [line] * (most + 1)}, "lines"),
        ("allotments/batch/", {"lines": {}}, "lines"),
        ("allotments/batch/", {"lines": [line, {**line, "x": 1}]}, "lines.1.x"),
        ("topups/", {"amount": "5.00", "channel": "cash"}, "channel"),
        ("topups/", {"amount": "5.00", "channel": "gateway"}, "channel"),
        ("topups/", {"amount": "100000000.01"}, "amount"),
    ):
        answer = api.post(path, body)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field]), (path, field, answer.text)
    assert api.post("allotments/", json.dumps({**line, "amount": float("nan")}).encode()).status_code == 400
    assert api.post("allotments/", line, key="").json()["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("direction=sideways", "direction"),
        ("member=12", "member"),
        ("since=yesterday", "since"),
        ("since=0001-01-01", "since"),
        ("until=9999-12-31", "until"),
        ("since=2026-02-02&until=2026-02-01", "until"),
        ("limit=0", "limit"),
        ("after=nonsense", "after"),
        ("kind=x", "kind"),
    ],
)
def test_questions_that_make_no_sense(api, query, field):
    answer = api.get(f"flows/?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


@pytest.mark.rule("K10.6", "K10.7", "K10.8", "K10.9", "A4.1", "K8.6")
def test_a_refusal_carries_its_numbers(api, linked, manager, member):
    def refused(path, amount):
        body = api.post(path, {"relationship": linked.pk, "amount": amount}).json()
        return body["status"], body["code"], body["rule"], body["facts"]

    assert refused("recalls/", "1.00") == (409, "nothing_allotted", "K10.7", {})
    facts = {"available": "1000.00", "amount": "1000.01"}
    assert refused("allotments/", "1000.01") == (409, "above_allottable", "K10.6", facts)
    allot(linked, "100.00")
    facts = {"recallable": "100.00", "amount": "100.01"}
    assert refused("recalls/", "100.01") == (409, "above_recallable", "K10.8", facts)
    facts = {"available": "0.00", "amount": "1.00"}
    assert refused("credit/allotments/", "1.00") == (409, "credit_short", "A4.1", facts)
    credit.grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    credit.allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("200.00"))
    spend(member, "150.00")
    allot(linked, "100.00")
    assert refused("recalls/", "60.00") == (409, "member_balance_short", "K10.9", {"free": "50.00", "amount": "60.00"})
    assert refused("credit/recalls/", "160.00") == (409, "credit_in_use", "K8.6", {"used": "50.00", "free": "150.00"})


@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("path", MOVES)
def test_other_peoples_relationships_do_not_exist(linked, member, stranger, path):
    foreign = make_relationship(stranger, make_account())
    above = make_relationship(stranger, linked.manager, kind="partner")
    for relationship in (foreign.pk, above.pk, 10**9):
        answer = ApiClient(linked.manager).post(path, {"relationship": relationship, "amount": "5.00"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for outsider in (member, stranger):
        answer = ApiClient(outsider).post(path, {"relationship": linked.pk, "amount": "5.00"})
        assert answer.status_code == 404


@pytest.mark.usefixtures("unmoved")
def test_other_peoples_records_do_not_exist(linked, stranger):
    outsider, flow = ApiClient(stranger), Allotment.objects.get()
    mine = ApiClient(linked.manager).post("topups/", {"amount": "5.00"}).json()["id"]
    for path in (f"flows/{flow.pk}/", f"receipts/{flow.transfer_id}/", f"topups/{mine}/", "flows/999999/"):
        assert outsider.get(path).status_code == 404
    assert outsider.delete(f"topups/{mine}/").status_code == 404
    assert TopUp.objects.get().state == TopUp.State.WAITING
    TopUp.objects.all().delete()


@pytest.mark.rule("K10.1")
@pytest.mark.parametrize("path", MOVES)
def test_a_dissolved_relationship_moves_nothing(api, linked, manager, path):
    allot(linked, "100.00")
    dissolve_relationship(actor=mover(manager), relationship_id=linked.pk)
    answer = api.post(path, {"relationship": linked.pk, "amount": "5.00"})
    assert answer.status_code == 409
    assert Allotment.objects.count() == 1


def test_partners_get_no_credit_by_the_api_either(api, manager, member):
    credit.grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    partner = make_relationship(manager, member, kind="partner")
    answer = api.post("credit/allotments/", {"relationship": partner.pk, "amount": "5.00"})
    assert (answer.status_code, answer.json()["rule"]) == (409, "Q-3")


def test_money_that_arrived_is_not_closed_by_a_program(api):
    pk = api.post("topups/", {"amount": "600000.00"}).json()["id"]
    TopUp.objects.filter(pk=pk).update(state=TopUp.State.CONFIRMED)
    assert api.delete(f"topups/{pk}/").status_code == 409


def test_no_more_top_ups_wait_than_the_limit(api):
    for _turn in range(policy.TOP_UPS_WAITING_MAX):
        assert api.post("topups/", {"amount": "5.00"}).status_code == 201
    answer = api.post("topups/", {"amount": "5.00"})
    assert (answer.status_code, answer.json()["facts"]) == (409, {"most": policy.TOP_UPS_WAITING_MAX})
