"""Funds by the API: what each address does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event, Relationship
from accounts.services.relationships import dissolve_relationship
from config.models import IdempotentAnswer
from finance import policy
from finance.models import Allotment, Entry, TopUp
from finance.services import credit
from finance.services.allotments import recallable_of
from tests.accounts.api_client import ROOT, ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, allot, books_sum, funds, mover, spend, staff, top_up
from tests.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def linked(manager, member):
    """A group relationship whose manager has 1,000.00 yuan of its own."""
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


@pytest.fixture
def api(manager):
    return ApiClient(manager)


def located(api, answer):
    return api.get(answer.headers["Location"].removeprefix(f"http://testserver{ROOT}"))


@pytest.mark.rule("K10.1", "K10.2", "K10.10")
def test_an_allotment_with_its_flow_and_its_receipt(api, linked, manager, member):
    answer = api.post("allotments/", {"relationship": linked.pk, "amount": "300", "note": "三月预算"})
    flow = answer.json()
    assert answer.status_code == 201
    assert (flow["direction"], flow["amount"], flow["note"], flow["side"]) == ("allot", "300.00", "三月预算", "manager")
    assert (flow["manager"]["number"], flow["member"]["number"]) == (manager.number, member.number)
    assert located(api, answer).json() == flow
    assert (funds(manager).cash, funds(member).allotted) == (700, 300)
    event = Event.objects.get(kind="funds.allotted")
    assert (event.door, event.actor_name, event.subject_id) == ("api", "API · test", flow["id"])
    receipt = api.get(f"receipts/{flow['receipt']}/").json()
    assert (receipt["kind"], receipt["amount"], receipt["flow"]) == ("allotment", "300.00", flow["id"])
    assert [side["number"] for side in receipt["counterparts"]] == [member.number]
    (entry,) = receipt["entries"]
    assert (entry["kind"], entry["amount"], entry["balance_before"], entry["balance_after"]) == (
        "cash",
        "-300.00",
        "1000.00",
        "700.00",
    )
    assert receipt["matches"]
    assert entry["stored"] == entry["computed"]


@pytest.mark.rule("K10.3", "K10.10")
def test_a_recall_and_both_sides_read_it(api, linked, manager, member):
    allot(linked, "300.00")
    answer = api.post("recalls/", {"relationship": linked.pk, "amount": "120.50"})
    assert (answer.status_code, answer.json()["direction"]) == (201, "recall")
    assert (funds(manager).cash, recallable_of(relationship=linked)) == (D("820.50"), D("179.50"))
    other = ApiClient(member)
    flow = other.get(f"flows/{answer.json()['id']}/").json()
    assert (flow["side"], flow["amount"]) == ("member", "120.50")
    (entry,) = other.get(f"receipts/{flow['receipt']}/").json()["entries"]
    assert (entry["kind"], entry["manager"]["number"]) == ("allotted", manager.number)


@pytest.mark.rule("K10.4")
def test_a_batch_answers_line_by_line(api, linked, manager, stranger):
    second, foreign = make_relationship(manager, make_account(), kind="partner"), make_relationship(stranger, manager)
    gone = make_relationship(manager, make_account(), kind="partner")
    dissolve_relationship(actor=mover(manager), relationship_id=gone.pk)
    lines = [(linked, "600.00"), (second, "400.01"), (foreign, "1.00"), (gone, "1.00"), (second, "0.01")]
    lines.append((second, "400.00"))
    body = {"lines": [{"relationship": link.pk, "amount": amount} for link, amount in lines]}
    answer = api.post("allotments/batch/", body, key="b").json()
    assert (answer["done"], answer["refused"], answer["amount"]) == (2, 4, "1000.00")
    refusals = [line["refusal"] and line["refusal"]["code"] for line in answer["lines"]]
    assert refusals == [None, "above_allottable", "not_found", "not_established", "invalid", None]
    assert answer["lines"][1]["refusal"]["facts"] == {"available": "400.00", "amount": "400.01"}
    assert answer["lines"][5]["flow"]["amount"] == "400.00"
    assert api.post("allotments/batch/", body, key="b").json() == answer
    back = {"lines": [{"relationship": linked.pk, "amount": "600.00"}, {"relationship": second.pk, "amount": "500.00"}]}
    answer = api.post("recalls/batch/", back).json()
    assert [line["refusal"] and line["refusal"]["code"] for line in answer["lines"]] == [None, "above_recallable"]
    assert (funds(manager).cash, Allotment.objects.count(), books_sum()) == (600, 3, 0)
    assert Event.objects.filter(kind__in=["funds.allotted", "funds.recalled"]).count() == 3


def test_a_large_batch_costs_few_questions(api, manager):
    top_up(manager, "1000.00")
    links = [make_relationship(manager, make_account(), kind="partner") for _ in range(12)]

    def questions(count):
        body = {"lines": [{"relationship": link.pk, "amount": "1.00"} for link in links[:count]]}
        api.get("account/")  # notes the use of the key
        with CaptureQueriesContext(connection) as caught:
            assert api.post("allotments/batch/", body).json()["done"] == count
        return len(caught)

    questions(12)  # opens the books
    assert questions(12) - questions(2) == 10 * 4  # for each line: its event, and the jobs that listen, with nudges


@pytest.mark.rule("K1.2", "K10.6", "K10.8")
def test_own_balances_and_those_of_members(api, linked, manager, stranger):
    hidden = make_relationship(manager, stranger, kind="partner", points=["view_bills"])
    for link, amount in ((linked, "300.00"), (hidden, "40.00")):
        allot(link, amount)
    credit.grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    credit.allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("200.00"))
    spend(manager, "700.00")
    own = api.get("balances/").json()
    assert own == {
        "cash": "0.00",
        "from_managers": [],
        "balance": "0.00",
        "credit": {"limit": "300.00", "used": "40.00", "left": "260.00"},
        "free": "-40.00",
        "available": "260.00",
    }
    second, first = api.get("balances/members/").json()["data"]
    assert (first["relationship"], first["recallable"], first["credit"]) == (linked.pk, "300.00", "200.00")
    assert (first["funds"]["balance"], first["funds"]["available"]) == ("300.00", "500.00")
    assert (second["relationship"], second["recallable"], second["funds"]) == (hidden.pk, "40.00", None)
    (given,) = ApiClient(stranger).get("balances/").json()["from_managers"]
    assert (given["manager"]["number"], given["amount"]) == (manager.number, "40.00")


@pytest.mark.rule("K10.10")
def test_flows_are_narrowed_and_summed(api, linked, manager, stranger):
    other, now = make_relationship(manager, stranger, kind="partner"), timezone.localtime()
    allot(linked, "300.00", now=now - timedelta(days=3))
    allot(other, "50.00")
    api.post("recalls/", {"relationship": other.pk, "amount": "20.00"})

    def found(**query):
        pairs = "&".join(f"{name}={value}" for name, value in query.items())
        body = api.get(f"flows/?{pairs}").json()
        return [row["amount"] for row in body["data"]], body["sums"]

    rows, sums = found()
    assert rows == ["20.00", "50.00", "300.00"]
    assert sums == {"count": 3, "came_in": "20.00", "went_out": "350.00", "net": "-330.00"}
    assert found(direction="recall")[0] == ["20.00"]
    assert found(member=stranger.number)[0] == ["20.00", "50.00"]
    day = (now - timedelta(days=3)).date()
    assert found(until=day)[0] == found(since=day, until=day)[0] == ["300.00"]
    assert found(since=day + timedelta(days=1))[1]["count"] == 2
    first = api.get("flows/?limit=2").json()
    second = api.client.get(first["next"], headers=api.headers).json()
    assert (first["sums"]["count"], len(second["data"]), second["sums"]) == (3, 1, None)


def test_a_top_up_is_announced_found_and_closed(api, manager, settings):
    settings.PAYMENT_OPTIONS = {"payee": "统账科技", "bank": "中国银行", "bank_account": "6222000000001234"}
    answer = api.post("topups/", {"amount": "10000.00"})
    top = answer.json()
    assert (answer.status_code, top["state"], top["channel"], top["amount"]) == (201, "waiting", "bank", "10000.00")
    assert top["bank"] == {"payee": "统账科技", "bank": "中国银行", "number": "6222000000001234"}
    assert located(api, answer).json() == top
    assert api.get("topups/").json()["data"] == [top]
    closed = api.delete(f"topups/{top['id']}/").json()
    assert (closed["state"], closed["end"], closed["bank"]) == ("closed", "cancelled", None)
    assert api.delete(f"topups/{top['id']}/").status_code == 200
    assert TopUp.objects.get().reference == top["reference"]
    assert funds(manager).cash == 0


def test_the_receipt_of_money_from_outside_names_the_platform(api, linked, manager):
    receipt = api.get(f"receipts/{Entry.objects.get(book__account=manager).transfer_id}/").json()
    assert (receipt["kind"], receipt["flow"], receipt["counterparts"]) == ("top_up", None, [])
    assert (receipt["platform"], receipt["matches"], len(receipt["entries"])) == (True, True, 1)


def test_a_top_up_past_its_time_is_closed_whatever_its_row_says(api, time_machine):
    pk = api.post("topups/", {"amount": "1.00"}).json()["id"]
    time_machine.move_to(timezone.now() + policy.TOP_UP_LIFE)
    assert api.get(f"topups/{pk}/").json()["state"] == "closed"


@pytest.mark.rule("A4.1", "K1.4")
def test_credit_is_given_and_taken_back(api, linked, manager, member):
    credit.grant_credit(actor=staff(), account=manager, limit=D("1000.00"))
    given = api.post("credit/allotments/", {"relationship": linked.pk, "amount": "400.00"})
    assert (given.status_code, given.json()["held"]) == (200, "400.00")
    taken = api.post("credit/recalls/", {"relationship": linked.pk, "amount": "150.00"}).json()
    assert (taken["amount"], taken["held"]) == ("150.00", "250.00")
    own = api.get("credit/").json()
    assert (own["limit"], own["used"], own["left"], own["given"]) == ("750.00", "0.00", "750.00", "250.00")
    assert [line["limit"] for line in own["lines"]] == ["1000.00"]
    (received,) = ApiClient(member).get("credit/").json()["received"]
    assert (received["manager"]["number"], received["amount"]) == (manager.number, "250.00")


@pytest.mark.parametrize("path", ["allotments/", "recalls/", "topups/", "credit/allotments/", "credit/recalls/"])
def test_a_repeated_write_is_answered_and_done_once(api, linked, manager, path):
    allot(linked, "300.00")
    credit.grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    credit.allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("20.00"))
    body = {"amount": "5.00"} if path == "topups/" else {"relationship": linked.pk, "amount": "5.00"}
    first, again = api.post(path, body, key="k"), api.post(path, body, key="k")
    assert first.status_code in {200, 201}
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (
        first.status_code,
        first.json(),
        "true",
    )
    assert again.headers.get("Location") == first.headers.get("Location")
    other = api.post(path, {**body, "amount": "6.00"}, key="k")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("path", ["allotments/", "recalls/", "topups/"])
def test_money_does_not_move_again_when_the_answer_is_forgotten(api, linked, path):
    allot(linked, "300.00")
    body = {"amount": "5.00"} if path == "topups/" else {"relationship": linked.pk, "amount": "5.00"}
    first = api.post(path, body, key="k").json()
    IdempotentAnswer.objects.all().delete()
    assert api.post(path, body, key="k").json() == first
    IdempotentAnswer.objects.all().delete()
    other = api.post(path, {**body, "amount": "6.00"}, key="k")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Allotment.objects.count() + TopUp.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_are_one_allotment(api, linked, member):
    body = {"relationship": linked.pk, "amount": "10.00"}
    answers = race(20, lambda _n: api.post("allotments/", body, key="once"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 19
    assert (Allotment.objects.count(), funds(member).balance) == (1, 10)


@pytest.mark.parametrize("path", ["balances/members/", "flows/", "topups/", "balances/", "credit/"])
def test_many_rows_cost_as_much_as_one(api, manager, path):
    top_up(manager, "1000.00")
    credit.grant_credit(actor=staff(), account=manager, limit=D("1000.00"))

    def row(number):
        link = make_relationship(manager, make_account(), kind="group")
        allot(link, "1.00")
        credit.allot_credit(actor=mover(manager), relationship_id=link.pk, amount=D("1.00"))
        above = make_relationship(make_account(), manager, kind="partner")
        top_up(above.manager, "1.00")
        allot(above, "1.00")
        TopUp.objects.create(account=manager, amount=D("1.00"), channel="bank", key=f"k{number}")

    def queries():
        api.get("account/")  # notes the use of the key
        with CaptureQueriesContext(connection) as caught:
            assert api.get(path).status_code == 200
        return len(caught)

    row(0)
    one = queries()
    for number in range(1, 5):
        row(number)
    assert Relationship.objects.count() == 10
    assert queries() == one <= 12
