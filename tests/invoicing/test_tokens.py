"""Signatures for tokens, and what a token opens."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config.sealing import seal
from invoicing import policy
from invoicing.client_secrets import SECRET as PURPOSE
from invoicing.models import AccessToken
from invoicing.services.tokens import TokenWrong, client_of, digest_of, forget_tokens
from tests.invoicing.calling import TOKEN, System, code, signed, stamp
from tests.invoicing.opening import make_client

pytestmark = pytest.mark.django_db


def ask(body, **headers):
    return Client().post(TOKEN, body, content_type="application/json", headers=headers)


@pytest.mark.rule("I5.2")
@pytest.mark.parametrize("kind", ["0", "1", "2", 1, None])
def test_each_way_to_sign_gets_a_token(kind):
    client = make_client()
    body = signed(client, encType=0 if kind is None else kind)
    if kind is None:
        del body["encType"]
    answer = ask(body)
    said = answer.json()
    assert (answer.status_code, said["errcode"], said["token_type"], said["expires_in"]) == (
        200,
        "0000",
        "bearer",
        7200,
    )
    assert client_of(token=said["access_token"]) == client
    row = AccessToken.objects.get()
    assert said["access_token"] not in (row.digest, row.timestamp)
    assert row.digest == digest_of(token=said["access_token"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_seconds_and_milliseconds_are_taken():
    client = make_client()
    seconds = int(timezone.now().timestamp())
    for timestamp in (seconds, str(seconds - 1), str(seconds * 1000), seconds * 1000 + 1):
        assert code(ask(signed(client, timestamp=timestamp))) == "0000"


@pytest.mark.rule("I5.2")
def test_wrong_signatures_and_unknown_clients_look_alike():
    client = make_client()
    right = signed(client)
    wrong = [
        right | {"sign": "0" * 32},
        right | {"sign": right["sign"].upper()},
        right | {"sign": "签" * 8},
        right | {"encType": "1"},
        right | {"timestamp": stamp()},
        signed(client, secret="another"),
        signed(client, client_id="nobody"),
        signed(client, client_id="没有"),
    ]
    answers = [ask(body) for body in wrong]
    assert {(answer.status_code, code(answer)) for answer in answers} == {(401, "1201")}
    assert len({answer.json()["description"] for answer in answers}) == 1
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_timestamps_and_those_from_the_future_are_refused(minutes):
    client = make_client()
    late = timezone.now() + timedelta(minutes=minutes)
    assert code(ask(signed(client, timestamp=stamp(late)))) == "1202"
    near = timezone.now() + timedelta(minutes=minutes * 2 / 3)
    assert code(ask(signed(client, timestamp=stamp(near)))) == "0000"


def test_a_signature_makes_one_token():
    client = make_client()
    body = signed(client)
    assert code(ask(body)) == "0000"
    assert code(ask(body)) == "1203"
    assert code(ask(signed(client, timestamp=body["timestamp"], encType="2"))) == "1203"
    assert AccessToken.objects.count() == 1
    assert code(ask(signed(make_client(), timestamp=body["timestamp"]))) == "0000"


def test_the_old_secret_signs_until_its_end():
    now = timezone.now()
    kept = {"old_secret": seal("before", purpose=PURPOSE), "old_encrypt_key": ""}
    overlapping = make_client(**kept, old_until=now + timedelta(minutes=1))
    over = make_client(**kept, old_until=now - timedelta(seconds=1))
    assert code(ask(signed(overlapping, secret="before"))) == "0000"
    assert code(ask(signed(overlapping))) == "0000"
    assert code(ask(signed(over, secret="before"))) == "1201"


def test_a_blocked_client_is_told_so_only_if_it_can_sign():
    client = make_client(blocked_at=timezone.now())
    assert code(ask(signed(client))) == "1204"
    assert code(ask(signed(client, secret="another"))) == "1201"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"client_id": ""}, "1200"),
        ({"client_id": None}, "1200"),
        ({"sign": ""}, "1400"),
        ({"sign": ["a"]}, "1400"),
        ({"timestamp": "now"}, "1400"),
        ({"timestamp": True}, "1400"),
        ({"timestamp": "１７００００００００"}, "1400"),
        ({"timestamp": 1.5}, "1400"),
        ({"encType": "3"}, "1400"),
        ({"encType": {}}, "1400"),
    ],
)
def test_fields_that_are_not_right(change, wanted):
    assert code(ask(signed(make_client()) | change)) == wanted


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b'{"client_id":"a","client_id":"b"}', b'{"a":NaN}'])
def test_bodies_that_cannot_be_read(body):
    answer = ask(body)
    assert (answer.status_code, code(answer)) == (400, "1300")


def test_a_body_has_a_size_and_a_depth(monkeypatch):
    assert code(ask(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}")) == "1303"
    assert code(ask(b'{"a":' + b"[" * 7 + b"]" * 7 + b"}")) == "1303"
    monkeypatch.setattr(policy, "OPEN_BODY_MAX", 1024)
    assert code(ask(b'{"a":"' + b"x" * 1100 + b'"}')) == "1302"


def test_tokens_asked_for_are_counted_by_address(monkeypatch):
    monkeypatch.setattr(policy, "TOKENS_PER_ADDRESS", (2, 60))
    client = make_client()
    answers = [ask(signed(client)) for _turn in range(3)]
    assert [code(answer) for answer in answers] == ["0000", "0000", "1900"]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_what_a_token_opens_and_until_when():
    system, now = System(), timezone.now()
    token = system.token
    assert client_of(token=token) == system.client
    late = now + policy.TOKEN_LIFE + timedelta(minutes=1)
    for wrong in (lambda: client_of(token=token, now=late), lambda: client_of(token=token[:-1])):
        with pytest.raises(TokenWrong):
            wrong()
    system.client.blocked_at = now
    system.client.save(update_fields=["blocked_at"])
    with pytest.raises(TokenWrong):
        client_of(token=token)
    assert (forget_tokens(now=now), forget_tokens(now=late)) == (0, 1)


def test_the_log_holds_neither_secret_nor_token(caplog):
    client = make_client()
    with caplog.at_level("DEBUG"):
        said = ask(signed(client)).json()
        ask(signed(client, secret="another"))
    assert said["access_token"] not in caplog.text
    assert client.secret not in caplog.text


def test_nothing_below_open_answers_otherwise(client):
    answer = client.get("/open/nowhere/")
    assert (answer.status_code, code(answer)) == (404, "1304")
    answer = client.get(TOKEN)
    assert (answer.status_code, code(answer)) == (405, "1305")
