"""Callbacks that are forged, altered, stale, unreadable or not for us: refused, with nothing changed."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from finance import policy
from finance.models import Entry, GatewayCallback
from tests.finance.funds import funds
from tests.finance.paying import CALLBACK, announce_online, fresh, open_it, report
from tests.servers.gateway import SECRET, signed

OLD_SECRET = "the-secret-that-was-there-before-it"


def forged(body: bytes) -> dict[str, dict[str, str]]:
    right = signed(body)
    gone = {f"without {name}": {key: right[key] for key in right if key != name} for name in right}
    return {
        "no headers": {},
        **gone,
        "another secret": signed(body, secret=SECRET.upper()),
        "the empty secret": signed(body, secret=""),
        "empty signature": {**right, "X-Pay-Signature": ""},
        "upper case": {**right, "X-Pay-Signature": right["X-Pay-Signature"].upper()},
        "cut signature": {**right, "X-Pay-Signature": right["X-Pay-Signature"][:-1]},
        "not ascii": {**right, "X-Pay-Signature": "é" * 64},
        "another nonce": {**right, "X-Pay-Nonce": "another-nonce-000001"},
        "short nonce": signed(body, nonce="short"),
        "nonce with a dot": signed(body, nonce="nonce.with.dots.000001"),
        "another time": {**right, "X-Pay-Timestamp": str(int(time.time()) + 1)},
        "too old": signed(body, at=time.time() - 301),
        "from the future": signed(body, at=time.time() + 302),
        "time in words": signed(body) | {"X-Pay-Timestamp": "now"},
        "full-width time": signed(body) | {"X-Pay-Timestamp": "１７９０００００００"},
        "time too long": signed(body, at=10**12),
    }


@pytest.mark.parametrize("how", forged(b"{}"))
def test_a_forged_or_stale_callback_changes_nothing(there, opened, how):
    body = there.message(opened.reference)
    answer = report(body, forged(body)[how])
    assert (answer.status_code, answer.json()) == (401, {"code": "callback_refused"})
    assert fresh(opened).state == "waiting"
    assert not GatewayCallback.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("changed", [{"amount": "999.00"}, {"reference": "99999999"}, {"status": "failed"}])
def test_an_altered_callback_changes_nothing(there, opened, changed):
    headers = signed(there.message(opened.reference))
    assert report(there.message(opened.reference, **changed), headers).status_code == 401
    assert report(there.message(opened.reference) + b" ", headers).status_code == 401
    assert fresh(opened).state == "waiting"
    assert not GatewayCallback.objects.exists()


WRONG: list[dict[str, Any]] = [
    {"amount": 1},
    {"amount": 1.0},
    {"amount": "1"},
    {"amount": "1.000"},
    {"amount": "-1.00"},
    {"amount": "0.00"},
    {"amount": "1e2"},
    {"amount": "NaN"},
    {"amount": "１.00"},
    {"amount": "99999999999999.00"},
    {"amount": None},
    {"status": "PAID"},
    {"status": ["paid"]},
    {"status": None},
    {"reference": ""},
    {"reference": 12345678},
    {"reference": "1\u0000"},
    {"provider_id": ""},
    {"provider_id": "x" * 65},
    {"provider_id": {"a": 1}},
]
RIGHT = {"reference": "12345678", "provider_id": "gw-1", "amount": "1.00", "status": "paid"}
UNREADABLE = [b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 8000, b'"paid"', b'{"reference": "12345678"}']
UNREADABLE += [json.dumps({**RIGHT, **wrong}).encode() for wrong in WRONG]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_signed_message_in_another_form_is_refused(there, db, body):
    answer = report(body)
    assert (answer.status_code, answer.json()) == (400, {"code": "callback_unreadable"})
    assert not GatewayCallback.objects.exists()


def test_other_kinds_of_requests_are_refused(there, opened):
    body = there.message(opened.reference)
    client = Client()
    assert client.get(CALLBACK).status_code == 405
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        assert client.post(CALLBACK, body, content_type=kind, headers=signed(body)).status_code == 400
    long = there.message(opened.reference, note="x" * policy.GATEWAY_CALLBACK_BYTES_MAX)
    assert report(long).status_code == 413
    assert fresh(opened).state == "waiting"


def test_without_a_gateway_nobody_is_heard(db):
    body = b'{"reference":"12345678","provider_id":"gw-1","amount":"100.00","status":"paid"}'
    assert report(body).status_code == 401


def test_a_nonce_is_good_for_one_message(there, opened, manager):
    other = open_it(announce_online(manager))
    nonce = "the-same-nonce-0001"
    assert report(there.message(opened.reference), nonce=nonce).status_code == 200
    assert report(there.message(other.reference), nonce=nonce).status_code == 401
    assert funds(manager).cash == 100


def test_the_old_secret_is_taken_while_it_is_being_exchanged(there, opened, settings):
    body = there.message(opened.reference)
    assert report(body, secret=OLD_SECRET).status_code == 401
    settings.PAYMENT_OPTIONS = {**there.options, "secret_old": OLD_SECRET}
    assert report(body, secret=OLD_SECRET).status_code == 200
    assert report(body).status_code == 200
