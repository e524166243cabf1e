"""Trusteeships by the API: each address, each side, each refusal by its rule."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models.api_key import Scope
from finance.models import Trust
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.funds import spend
from tests.finance.trusting import add_member, make_pair, propose, trust_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
DAY = timedelta(days=1)


@pytest.fixture
def pair():
    """A manager with credit and a member of one enterprise."""
    return make_pair()


@pytest.fixture
def api(pair):
    return ApiClient(pair.manager)


@pytest.fixture
def member_api(pair):
    return ApiClient(pair.member)


@pytest.mark.rule("A2.1", "A2.20")
def test_a_trusteeship_from_proposed_to_ended(api, member_api, pair):
    answer = api.post("trusts/", {"relationship": pair.pk, "cap": "5000.00"})
    proposed = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/trusts/{proposed['id']}/")
    assert (proposed["state"], proposed["side"], proposed["cap"], proposed["in_force"]) == (
        "proposed",
        "manager",
        "5000.00",
        False,
    )
    assert [turn["cycle"] for turn in proposed["counts_from"]] == ["minute", "hour", "day", "week", "month"]
    one = f"trusts/{proposed['id']}/"
    assert member_api.get(one).json()["side"] == "member"
    assert member_api.post(f"{one}accept/", {"understood": False}).status_code == 422
    agreed = member_api.post(f"{one}accept/", {"understood": True}).json()
    assert (agreed["state"], agreed["in_force"]) == ("agreed", True)
    day = str(timezone.localdate() + 10 * DAY)
    assert api.post(f"{one}end/", {"ends_on": day}).json()["ends_at"].startswith(day)
    assert api.post(f"{one}keep/").json()["ends_at"] is None
    assert api.post(f"{one}end/", {}).json()["state"] == "ended"


def test_a_later_day_can_be_withdrawn_and_a_proposal_refused(api, member_api, pair):
    later = str(timezone.localdate() + 10 * DAY)
    first = api.post("trusts/", {"relationship": pair.pk, "starts_on": later}).json()
    member_api.post(f"trusts/{first['id']}/accept/", {"understood": True})
    assert api.delete(f"trusts/{first['id']}/").json()["state"] == "withdrawn"
    second = api.post("trusts/", {"relationship": pair.pk}).json()
    assert member_api.post(f"trusts/{second['id']}/refuse/").json()["state"] == "refused"
    again = member_api.post(f"trusts/{second['id']}/refuse/")
    assert (again.status_code, again.json()["code"], again.json()["rule"]) == (409, "trust_closed", "K4.8")


@pytest.mark.rule("A2.20")
def test_what_stands_in_the_way_is_named_by_its_rule(api, pair):
    spend(pair.member, "100.00")
    problem = api.post("trusts/", {"relationship": pair.pk})
    assert (problem.status_code, problem.json()["code"], problem.json()["rule"]) == (409, "trust_impossible", "A2.20")


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": "2020-01-01"},
        {"starts_on": "9999-12-31"},
        {"starts_on": "0001-01-01"},
        {"starts_on": "tomorrow"},
        {"cap": "0"},
        {"cap": 5},
        {"cap": "1e400"},
        {"cap": "-1.00"},
        {"from_cash": "perhaps"},
        {"relationship": 2**70},
        {"relationship": "x"},
        {"mode": "trusteeship"},
    ],
)
def test_wrong_values_are_refused_at_their_names(api, pair, wrong):
    answer = api.post("trusts/", {"relationship": pair.pk} | wrong)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(wrong)


def test_each_side_does_what_is_its_own(api, member_api, pair):
    trust = propose(pair)
    one = f"trusts/{trust.pk}/"
    assert api.post(f"{one}accept/", {"understood": True}).status_code == 404
    assert member_api.delete(one).status_code == 404
    assert member_api.post(f"{one}end/", {}).status_code == 404
    stranger = ApiClient(make_account())
    assert [stranger.get(one).status_code, stranger.post(f"{one}refuse/").status_code] == [404, 404]
    assert stranger.post("trusts/", {"relationship": pair.pk}).status_code == 404
    reader = ApiClient(pair.manager, [Scope.BILLS_READ])
    assert [reader.get(one).status_code, reader.delete(one).status_code] == [200, 403]
    assert Trust.objects.get().state == "proposed"


def test_a_proposal_sent_twice_is_one(api, pair):
    first, second = (api.post("trusts/", {"relationship": pair.pk}, key="once") for _ in range(2))
    assert first.json() == second.json()
    assert Trust.objects.count() == 1


def test_the_list_is_narrowed_by_what_is_true_now(api, pair):
    now = timezone.now()
    old = trust_row(pair, state="proposed", starts_at=None, expires_at=now - DAY)
    over = trust_row(add_member(pair.manager), starts_at=now - 9 * DAY, ends_at=now - DAY)
    running = trust_row(add_member(pair.manager), starts_at=now - DAY)

    def ids(question):
        return [row["id"] for row in api.get(f"trusts/?{question}").json()["data"]]

    assert ids("") == [running.pk, over.pk, old.pk]
    assert (ids("state=expired"), ids("state=proposed")) == ([old.pk], [])
    assert (ids("state=ended"), ids("state=agreed")) == ([over.pk], [running.pk])
    assert (ids("side=member"), ids(f"relationship={pair.pk}")) == ([], [old.pk])
    assert api.get("trusts/?state=nonsense").status_code == 422
    assert api.get(f"trusts/{over.pk}/").json()["state"] == "ended"


def test_many_rows_cost_as_much_as_one(api, pair):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert api.get("trusts/").status_code == 200
        return len(queries)

    trust_row(pair)
    cost()  # the key notes its first use
    one = cost()
    for _number in range(4):
        member = make_account(enterprise=pair.manager.enterprise)
        trust_row(make_relationship(pair.manager, member))
    assert cost() == one
