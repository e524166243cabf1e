"""The payment gateway's contract, in both directions, and paying without one."""

import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from finance.payments import CallbackRefused, NotTaken, Order, Status, Unclear, payments
from finance.payments.gateway import GatewayBackend
from finance.payments.offline import OfflineBackend, bank_details
from tests.servers.gateway import MERCHANT, SECRET, signed
from tests.servers.local import Reply, dripping, nobody, silence

D = Decimal


def order(reference="12345678", amount="100.00") -> Order:
    return Order(reference, D(amount), "统账 12345678", "https://t.example/in/", "https://t.example/back/")


def test_an_order_is_placed_signed_and_has_a_pay_address(there):
    opened = GatewayBackend().create(order=order())
    assert opened.pay_url == f"{there.url}/pay/12345678"
    assert there.asked == [
        (
            "/orders",
            {
                "reference": "12345678",
                "amount": "100.00",
                "subject": "统账 12345678",
                "notify_url": "https://t.example/in/",
                "return_url": "https://t.example/back/",
            },
        )
    ]


def test_an_order_is_found_or_not(there):
    backend = GatewayBackend()
    assert backend.query(reference="12345678") is None
    backend.create(order=order())
    found = backend.query(reference="12345678")
    assert found is not None
    assert (found.payment.status, found.payment.amount) == (Status.WAITING, D("100.00"))
    assert found.pay_url == f"{there.url}/pay/12345678"
    there.orders["12345678"]["status"] = "paid"
    paid = backend.query(reference="12345678")
    assert paid is not None
    assert (paid.payment.status, paid.pay_url) == (Status.PAID, "")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
def test_a_clear_refusal_leaves_no_order(there, status):
    there.plays = Reply.json({"error": "no"}, status)
    with pytest.raises(NotTaken):
        GatewayBackend().create(order=order())


UNCLEAR = [
    Reply(200, b"<html>"),
    Reply(200, b"[]"),
    Reply(201, b"{}"),
    Reply.json({"provider_id": "gw-1"}),
    Reply.json({"provider_id": "gw 1", "pay_url": "https://pay.example/1"}),
    Reply.json({"provider_id": "gw-1", "pay_url": "javascript:alert(1)"}),
    Reply.json({"provider_id": "gw-1", "pay_url": "http://pay.example/1"}),
    Reply.json({"provider_id": "gw-1", "pay_url": "https://pay.example/" + "x" * 500}),
    Reply.json({"provider_id": "gw-1", "pay_url": "https://pay.example/\n1"}),
    Reply.json({"provider_id": "gw-1", "pay_url": "https://[broken/1"}),
    Reply.json({"provider_id": 1, "pay_url": None}),
    Reply(200, b" " * 300_000),
    Reply(500, b"{}"),
    Reply(409, b"{}"),
    Reply(302, b""),
]


@pytest.mark.parametrize("reply", UNCLEAR, ids=range(len(UNCLEAR)))
def test_an_answer_without_sense_leaves_it_open_whether_there_is_an_order(there, reply):
    there.plays = reply
    with pytest.raises(Unclear):
        GatewayBackend().create(order=order())


@pytest.mark.parametrize(
    "said",
    [
        {"amount": "100.00"},
        {"amount": 100, "status": "paid"},
        {"amount": "100.00", "status": "settled"},
        {"amount": "100.00", "status": "paid", "reference": "87654321"},
        {"amount": "100.00", "status": "waiting", "pay_url": "ftp://pay.example/1"},
    ],
)
def test_a_state_without_sense_is_none(there, said):
    there.plays = Reply.json({"reference": "12345678", "provider_id": "gw-1", **said})
    with pytest.raises(Unclear):
        GatewayBackend().query(reference="12345678")


def test_whether_anything_was_sent_is_told_apart():
    options = {"merchant": MERCHANT, "secret": SECRET, "timeout": "0.2"}
    with nobody() as url, pytest.raises(NotTaken):
        GatewayBackend({**options, "endpoint": url}).create(order=order())
    for host in (silence, dripping):
        with host() as url, pytest.raises(Unclear):
            GatewayBackend({**options, "endpoint": url}).create(order=order())


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("endpoint", "", "PAYMENT_ENDPOINT"),
        ("endpoint", "http://pay.example", "https"),
        ("merchant", " ", "PAYMENT_MERCHANT"),
        ("secret", "", "PAYMENT_SECRET"),
        ("secret", "short", "at least 32"),
        ("secret_old", "short", "PAYMENT_SECRET_OLD"),
        ("timeout", "soon", "PAYMENT_TIMEOUT"),
        ("timeout", "16", "PAYMENT_TIMEOUT"),
    ],
)
def test_a_setting_without_sense_is_named(name, value, word):
    right = {"endpoint": "https://pay.example", "merchant": MERCHANT, "secret": SECRET}
    with pytest.raises(ImproperlyConfigured, match=word):
        GatewayBackend({**right, name: value})


def test_the_example_of_the_contract_holds():
    """Written down, so that whoever builds the other side can check their own."""
    body = b'{"reference":"12345678","provider_id":"gw-1","amount":"100.00","status":"paid"}'
    headers = {
        "X-Pay-Timestamp": "1790000000",
        "X-Pay-Nonce": "an-example-nonce-01",
        "X-Pay-Signature": "08734e2060a5aac72da1c6050fd31cd938b93792160c22ec06e8bac07ec99138",
    }
    backend = GatewayBackend({"endpoint": "https://pay.example", "merchant": MERCHANT, "secret": SECRET})
    facts = backend.verify_callback(headers=headers, body=body, now=datetime.fromtimestamp(1790000000, UTC))
    assert (facts.payment.amount, facts.payment.status, facts.nonce) == (D(100), "paid", "an-example-nonce-01")


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 10**9])
def test_a_message_of_another_time_is_refused(there, seconds):
    body = there.message("12345678")
    with pytest.raises(CallbackRefused):
        GatewayBackend().verify_callback(headers=signed(body, at=time.time() + seconds), body=body, now=timezone.now())


def test_without_a_gateway_one_pays_by_bank_and_is_told_how(settings):
    settings.PAYMENT_OPTIONS = {"payee": "统账科技有限公司", "bank": "示例银行", "bank_account": "6222 0000 1111"}
    backend = payments()
    assert isinstance(backend, OfflineBackend)
    assert not backend.takes_orders
    assert backend.query(reference="12345678") is None
    with pytest.raises(NotTaken):
        backend.create(order=order())
    with pytest.raises(CallbackRefused):
        backend.verify_callback(headers={}, body=b"{}", now=timezone.now())
    details = bank_details()
    assert details is not None
    assert details.payee == "统账科技有限公司"
    settings.PAYMENT_OPTIONS = {"payee": "统账科技有限公司"}
    assert bank_details() is None
