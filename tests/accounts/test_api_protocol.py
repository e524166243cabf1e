"""How the API answers: problem documents, repeated writes, pages of lists, the language of the caller."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Event, Invitation
from config.api.problems import PLAIN
from config.models import IdempotentAnswer
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_invitation, make_relationship
from tests.racing import race

MEMBERS = {"type", "title", "status", "detail", "code", "rule", "facts", "errors", "instance"}


@pytest.fixture
def api(manager):
    return ApiClient(manager)


@pytest.fixture
def invitation_body(member):
    return {"identifier": member.username, "kind": "partner", "preset": "view"}


def assert_problem(answer, status, code):
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) == MEMBERS
    assert body["type"] == f"urn:tongzhang:problem:{code}"
    assert body["detail"]
    assert body["title"]
    assert body["instance"] == answer.headers["X-Request-ID"]


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nowhere/", "/api/v1/relationships", "/api/v2/account/"])
def test_an_address_that_leads_nowhere(path, debug, settings):
    settings.DEBUG = debug
    assert_problem(Client().get(path), 404, "not_found")
    assert_problem(Client(enforce_csrf_checks=True).post(path, {"a": 1}), 404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "POST"])
def test_a_method_that_is_not_offered(api, method):
    answer = api.write(method, "account/")
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD"
    assert method in answer.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "unreadable"),
        (b'{"a": NaN}', "application/json", 400, "unreadable"),
        (b'{"kind": "group", "kind": "partner"}', "application/json", 400, "unreadable"),
        (b'{"a": [{"b": -Infinity}]}', "application/json", 400, "unreadable"),
        (b"\xff\xfe", "application/json", 400, "unreadable"),
        ("{}".encode("utf-16"), "application/json; charset=utf-16", 415, "unsupported_media_type"),
        (b"{}", "application/json; charset=rot13", 415, "unsupported_media_type"),
        (b"[" * 200_000, "application/json", 400, "unreadable"),
        (b" " * 7_000_000, "application/json", 413, "too_large"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
        (b"--x", "multipart/form-data", 415, "unsupported_media_type"),
        (b"<a/>", "", 415, "unsupported_media_type"),
        (b"[]", "application/json", 422, "invalid"),
        (b"null", "application/json", 422, "invalid"),
        (b"", "application/json", 422, "invalid"),
        (b'{"identifier": "\\u0000", "kind": "partner", "preset": "view"}', "application/json", 422, "invalid"),
        (b'{"identifier": "\\ud800", "kind": "partner", "preset": "view"}', "application/json", 400, "unreadable"),
        (b'{"identifier": {}, "kind": [], "points": {"a": [1]}}', "application/json", 422, "invalid"),
    ],
)
def test_a_body_that_cannot_be_used(api, body, kind, status, code):
    assert_problem(api.post("invitations/", body, **{"Content-Type": kind}), status, code)


@pytest.mark.django_db
def test_only_json_is_offered(api):
    assert_problem(api.get("account/", Accept="text/html"), 406, "not_acceptable")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_sentences_are_in_the_language_of_the_caller(api, language):
    answer = api.get("relationships/1/", **{"Accept-Language": language})
    with translation.override(language):
        assert answer.headers["Content-Language"] == language
        assert api.get("nowhere/", **{"Accept-Language": language}).json()["detail"] == str(PLAIN[404][1])
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.django_db
def test_a_write_needs_its_key(api, invitation_body, member, manager):
    relationship = make_relationship(manager, make_account())
    for answer in (
        api.write("POST", "invitations/", invitation_body, key=""),
        api.write("PATCH", f"relationships/{relationship.pk}/", {"remark": "x"}, key=""),
        api.write("DELETE", f"relationships/{relationship.pk}/", key=""),
    ):
        assert_problem(answer, 400, "idempotency_key_missing")
    assert_problem(api.write("POST", "invitations/", invitation_body, key="k" * 256), 422, "invalid")


@pytest.mark.django_db
def test_the_same_write_again_gets_the_first_answer(api, invitation_body):
    first, again = (api.write("POST", "invitations/", invitation_body, key="one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Invitation.objects.count() == Event.objects.filter(kind="invitation.sent").count() == 1


@pytest.mark.django_db
def test_the_key_for_another_write_is_refused(api, invitation_body):
    api.write("POST", "invitations/", invitation_body, key="one")
    other = {**invitation_body, "preset": "operate"}
    assert_problem(api.write("POST", "invitations/", other, key="one"), 409, "idempotency_key_reused")


@pytest.mark.django_db
def test_a_refused_write_may_be_mended_under_its_key(api, invitation_body):
    assert api.write("POST", "invitations/", {**invitation_body, "kind": "x"}, key="one").status_code == 422
    assert api.write("POST", "invitations/", invitation_body, key="one").status_code == 201


@pytest.mark.django_db
def test_two_keys_of_one_account_do_not_share_their_memory(manager, invitation_body):
    first, second = ApiClient(manager), ApiClient(manager)
    assert first.write("POST", "invitations/", invitation_body, key="one").status_code == 201
    assert second.write("POST", "invitations/", invitation_body, key="one").status_code == 422


@pytest.mark.django_db
def test_a_repeated_resend_is_not_counted(api, manager, member):
    invitation = make_invitation(manager, member)
    answers = [api.write("POST", f"invitations/{invitation.pk}/resend/", key="one") for _ in range(9)]
    assert {answer.status_code for answer in answers} == {200}
    assert Event.objects.filter(kind="invitation.resent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_invitation(manager, member, invitation_body):
    api = ApiClient(manager)
    body = json.dumps(invitation_body).encode()
    answers: list[Any] = race(20, lambda _number: api.write("POST", "invitations/", body, key="one"))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Invitation.objects.count() == IdempotentAnswer.objects.count() == 1


@pytest.mark.django_db
def test_a_list_is_read_page_by_page_and_back(api, manager):
    made = [make_invitation(manager, make_account(), kind="partner").relationship_id for _ in range(5)]
    first = api.get("relationships/?limit=2&side=manager").json()
    assert [row["id"] for row in first["data"]] == made[:2:-1]
    assert first["previous"] is None
    second = api.client.get(first["next"], headers=api.headers).json()
    third = api.client.get(second["next"], headers=api.headers).json()
    assert [row["id"] for row in second["data"] + third["data"]] == made[2::-1]
    assert third["next"] is None
    assert api.client.get(second["previous"], headers=api.headers).json()["data"] == first["data"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "state=open%00", "after=nonsense", "before=", "stat=established"]
)
def test_a_question_that_is_not_understood_is_not_answered_with_something_else(api, query):
    answer = api.get(f"relationships/?{query}")
    assert_problem(answer, 422, "invalid")
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.django_db
@pytest.mark.rule("K9.1")
def test_lists_are_narrowed_as_they_are_shown(api, manager, member):
    linked = make_relationship(manager, member, kind="partner")
    waiting = make_invitation(manager, make_account(), kind="group")

    def listed(path):
        return [row["id"] for row in api.get(path).json()["data"]]

    assert listed("relationships/?state=established") == listed("relationships/?kind=partner") == [linked.pk]
    assert listed("relationships/?state=confirming") == [waiting.relationship_id]
    assert listed("relationships/?side=member") == []
    assert listed("invitations/?state=open") == listed(f"invitations/?relationship={waiting.relationship_id}")
    assert listed("invitations/?state=accepted") == [linked.invitations.get().pk]
    assert listed("invitations/?state=expired") == listed("invitations/?purpose=change") == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["relationships/", "invitations/", "invitations/?state=open&side=manager"])
def test_many_rows_cost_as_much_as_one(api, manager, path):
    api.get(path)  # notes the use of the key

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert api.get(path).json()["data"]
        return len(caught)

    make_invitation(manager, make_account(), kind="partner")
    one = queries()
    for _ in range(4):
        make_invitation(manager, make_account(), kind="partner")
    assert queries() == one <= 6
