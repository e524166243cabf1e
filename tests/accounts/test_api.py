"""The API: keys, scopes, problem documents, repeated writes, and the same rules as in the console."""

import json
from datetime import timedelta

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from django.utils import timezone

from accounts import policy
from accounts.models import ApiKey, Event, Invitation, Relationship
from accounts.models.api_key import Scope
from accounts.permissions import P1, P2
from accounts.preflight import Finding
from accounts.services.invitations import accept_invitation
from accounts.wording import mask_middle, mask_number
from tests.accounts.api_client import ApiClient, make_key
from tests.factories import acting, make_account, make_invitation, make_operator, make_relationship

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(manager):
    return ApiClient(manager)


def invite(api, member, **more):
    return api.post("invitations/", {"identifier": member.username, "kind": "partner", "preset": "view", **more})


def test_a_key_tells_whose_it_is_and_what_it_may_do(api, manager):
    answer = api.get("account/")
    assert answer.status_code == 200
    body = answer.json()
    assert body["number"] == manager.number
    assert body["enterprise"]["credit_code"] == manager.enterprise.credit_code
    assert body["key"]["scopes"] == Scope.values
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "key_missing"),
        ("tz_0000", "key_malformed"),
        ("Bearer ", "key_malformed"),
        ("Basic dXNlcjpwYXNz", "key_malformed"),
        ("Bearer tz_unknown", "key_unknown"),
        ("Bearer 统账", "key_unknown"),
    ],
)
def test_without_a_right_key_nothing_opens(db, header, code):
    headers = {"Authorization": header} if header is not None else {}
    answer = Client().get("/api/v1/relationships/", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_session_opens_nothing(browse, manager):
    assert browse(manager).get("/api/v1/account/").status_code == 401


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_a_key_that_ended_opens_nothing(api, end):
    ApiKey.objects.update(**{end: timezone.now() - timedelta(seconds=1)})
    answer = api.get("account/")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")


def test_a_key_does_only_what_its_scopes_say(manager, member):
    invitation = make_invitation(manager, member)
    reader, writer = ApiClient(manager, [Scope.READ]), ApiClient(manager, [Scope.WRITE])
    assert reader.get("relationships/").status_code == writer.get("account/").status_code == 200
    refused = [
        reader.delete(f"invitations/{invitation.pk}/"),
        reader.get(f"targets/?identifier={member.username}"),
        invite(reader, member),
        writer.get("relationships/"),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert [answer.json()["facts"]["scope"] for answer in refused] == [Scope.WRITE] * 3 + [Scope.READ]


def test_a_key_remembers_its_use_to_the_minute(api, time_machine):
    begun = timezone.now().replace(microsecond=0)
    seen = []
    for seconds in (0, 59, 61):
        time_machine.move_to(begun + timedelta(seconds=seconds), tick=False)
        api.get("account/")
        seen.append(ApiKey.objects.get().used_at)
    assert seen == [begun, begun, begun + timedelta(seconds=61)]


def test_too_many_calls_wait(api, monkeypatch):
    monkeypatch.setattr(policy, "API_CALLS_PER_KEY", (2, 60))
    answers = [api.get("account/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "too_many"


@pytest.mark.rule("K4.3", "K6.6")
def test_an_account_is_invited_as_in_the_console(api, manager, member):
    answer = invite(api, member, remark="物流伙伴")
    body = answer.json()
    assert answer.status_code == 201
    assert (body["state"], body["kind"], body["side"]) == ("open", "partner", "manager")
    assert set(body["points"]) == set(P1)
    assert api.get(answer.headers["Location"].removeprefix("http://testserver/api/v1/")).json() == body
    relationship = api.get(f"relationships/{body['relationship']}/").json()
    assert (relationship["state"], relationship["remark"]) == ("confirming", "物流伙伴")
    assert relationship["waiting"]["id"] == body["id"]
    event = Event.objects.get(kind="invitation.sent")
    assert (event.door, event.account, event.actor_name) == ("api", manager, "API · test")


def test_who_has_not_agreed_is_not_named_whole(api, manager, member):
    asked = invite(api, member).json()
    link = f"relationships/{asked['relationship']}/"
    secrets = {member.name, member.number, member.enterprise.name, member.enterprise.credit_code}
    for answer in (asked, api.get(link).json(), api.get("relationships/").json(), api.get("invitations/").json()):
        text = json.dumps(answer, ensure_ascii=False)
        assert not [secret for secret in secrets if f'"{secret}"' in text]
    assert asked["member"]["username"] != member.username
    mine = ApiClient(member).get(link).json()
    assert (mine["member"]["name"], mine["manager"]["name"]) == (member.name, manager.name)
    accept_invitation(actor=acting(member), invitation_id=asked["id"])
    assert api.get(link).json()["member"]["enterprise"]["credit_code"] == member.enterprise.credit_code


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"identifier": "nobody-at-all"}, "identifier", ""),
        ({"identifier": "manager"}, "identifier", "Q-17"),
        ({"kind": "family"}, "kind", ""),
        ({"preset": "everything"}, "preset", ""),
        ({"preset": "view", "points": ["view_bills"]}, "points", ""),
        ({"inherits": ["discount"]}, "inherits", ""),
        ({"remark": "a\u200bb"}, "remark", ""),
        ({"remark": "长" * 201}, "remark", ""),
        ({"colour": "red"}, "colour", ""),
    ],
)
def test_wrong_input_names_its_field_and_its_rule(api, member, change, field, rule):
    answer = invite(api, member, **change)
    body = answer.json()
    assert (answer.status_code, body["rule"], list(body["errors"])) == (422, rule, [field])
    assert all(isinstance(sentence, str) and sentence for sentence in body["errors"][field])
    assert not Invitation.objects.exists()


@pytest.mark.rule("K3.1", "K3.2", "K3.5")
def test_a_target_is_checked_before_it_is_invited(api, member):
    person = make_account(username="person", certified="individual")
    other = make_account(username="other")
    make_relationship(other, member, kind="group")
    found = api.get("targets/?identifier=member").json()
    assert found["account"] == {"number": mask_number(member.number), "name": mask_middle(member.name)}
    assert found["kinds"] == ["partner"]
    assert found["group_problem"]["rule"] == "K3.5"
    assert api.get(f"targets/?identifier={person.email}").json()["problem"]["rule"] == "K3.1"
    assert api.get("targets/?identifier=nobody").json()["account"] is None


def test_whoever_tries_names_is_stopped(api, member, monkeypatch):
    monkeypatch.setattr(policy, "TARGET_CHECKS_PER_ACCOUNT", (2, 3600))
    answers = [invite(api, member, identifier=name).status_code for name in ("aaaa", "bbbb", "cccc")]
    assert answers == [422, 422, 429]
    assert api.get("targets/?identifier=member").status_code == 429
    assert invite(api, member).status_code == 201


def test_an_invitation_is_withdrawn_once(api, manager, member):
    invitation = make_invitation(manager, member)
    answer = api.delete(f"invitations/{invitation.pk}/")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    again = api.delete(f"invitations/{invitation.pk}/")
    assert (again.status_code, again.json()["code"], again.json()["rule"]) == (409, "invitation_closed", "K4.9")


def test_an_invitation_is_sent_again_six_times_a_day(api, manager, member):
    invitation = make_invitation(manager, member)
    answers = [api.post(f"invitations/{invitation.pk}/resend/") for _ in range(policy.RESENDS_PER_INVITATION[0] + 1)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert Event.objects.filter(kind="invitation.resent").count() == 6


@pytest.mark.rule("K7.1", "K9.4")
def test_changed_permissions_wait_for_the_member(api, manager, member):
    relationship = make_relationship(manager, member)
    answer = api.patch(f"relationships/{relationship.pk}/", {"preset": "operate", "remark": "新"})
    body = answer.json()
    assert (answer.status_code, body["state"], body["remark"]) == (202, "established", "新")
    assert (set(body["points"]), set(body["waiting"]["points"])) == (set(P1), set(P2))
    accept_invitation(actor=acting(member), invitation_id=body["waiting"]["id"])
    after = api.get(f"relationships/{relationship.pk}/").json()
    assert (set(after["points"]), after["waiting"]) == (set(P2), None)


def test_a_remark_holds_at_once(api, manager, member):
    relationship = make_relationship(manager, member)
    answer = api.patch(f"relationships/{relationship.pk}/", {"remark": "苏州工厂"})
    assert (answer.status_code, answer.json()["remark"]) == (200, "苏州工厂")
    assert api.patch(f"relationships/{relationship.pk}/", {}).status_code == 422


@pytest.mark.rule("K8.2", "K8.3", "K8.10")
def test_the_manager_dissolves_and_the_member_cannot(api, manager, member):
    relationship = make_relationship(manager, member)
    path = f"relationships/{relationship.pk}/"
    refused = ApiClient(member).delete(path)
    assert (refused.status_code, refused.json()["rule"]) == (403, "K8.3")
    look = api.get(f"{path}preflight/").json()
    assert look["possible"] is True
    assert "K8.10" in {finding["rule"] for finding in look["findings"]}
    stale = api.delete(f"{path}?seen={'0' * 64}")
    assert (stale.status_code, stale.json()["code"]) == (409, "facts_changed")
    answer = api.delete(f"{path}?seen={look['seen']}")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["reason"]) == ("not_established", "dissolved")


def test_what_blocks_is_listed(api, manager, member, monkeypatch):
    relationship = make_relationship(manager, member)
    debts = Finding("K8.6", True, "还有未结清的账单")
    monkeypatch.setattr("accounts.preflight._checks", [lambda _relationship: [debts]])
    answer = api.delete(f"relationships/{relationship.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "blocked")
    assert answer.json()["facts"]["findings"] == [{"rule": debts.rule, "sentence": debts.sentence}]
    assert api.get(f"relationships/{relationship.pk}/preflight/").json()["possible"] is False


@pytest.mark.rule("K9.2")
def test_what_is_not_established_cannot_be_dissolved(api, manager, member):
    invitation = make_invitation(manager, member)
    answer = api.delete(f"relationships/{invitation.relationship_id}/")
    assert (answer.status_code, answer.json()["code"], answer.json()["rule"]) == (409, "not_established", "K9.2")


def test_the_member_sees_the_link_but_not_the_managers_note(manager, member):
    invitation = make_invitation(manager, member, remark="难缠")
    api = ApiClient(member)
    relationship = api.get(f"relationships/{invitation.relationship_id}/").json()
    assert (relationship["side"], relationship["remark"]) == ("member", None)
    assert api.get(f"invitations/{invitation.pk}/").json()["opened_at"] is None
    for answer in (
        api.patch(f"relationships/{invitation.relationship_id}/", {"remark": "x"}),
        api.delete(f"invitations/{invitation.pk}/"),
        api.post(f"invitations/{invitation.pk}/resend/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "manager_only")


def test_what_is_not_yours_does_not_exist(manager, member, stranger):
    invitation = make_invitation(manager, member)
    api, link = ApiClient(stranger), f"relationships/{invitation.relationship_id}/"
    one = f"invitations/{invitation.pk}/"
    answers = [
        *(api.get(path) for path in (link, one, f"{link}preflight/", "relationships/99999999999999999999/")),
        *(api.delete(path) for path in (link, one)),
        api.patch(link, {"remark": "x"}),
        api.post(f"{one}resend/"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}
    assert api.get("relationships/").json() == {"data": [], "next": None, "previous": None}
    assert api.get("invitations/").json()["data"] == []
    assert Relationship.objects.get().remark == ""


def test_keys_act_for_the_account_whatever_becomes_of_who_made_them(manager, member):
    maker = make_operator(manager, "owner")
    api = ApiClient(manager, maker=maker)
    maker.is_active = False
    maker.save(update_fields=["is_active"])
    assert invite(api, member).status_code == 201


def test_a_failure_is_told_to_the_caller_and_to_us(api, monkeypatch):
    heard = []
    got_request_exception.connect(lambda **known: heard.append(known["request"].path), weak=False, dispatch_uid="t")
    monkeypatch.setattr("accounts.api.relationships.rehearse_dissolution", lambda **_facts: 1 / 0)
    relationship = make_relationship(make_key(api.account).account, make_account())
    api.client.raise_request_exception = False
    answer = api.get(f"relationships/{relationship.pk}/preflight/")
    got_request_exception.disconnect(dispatch_uid="t")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert "division" not in answer.text
    assert answer.json()["instance"] == answer.headers["X-Request-ID"]
    assert len(heard) == 1
