"""Paying online: orders, signed callbacks in every order and disguise, and asking after silent ones."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from accounts.models import Event
from accounts.permissions import Role
from config.errors import NotAllowed, NotFound
from config.jobs import run_due
from config.jobs.sweep import sweep
from finance import policy
from finance.models import Entry, GatewayCallback, TopUp, Transfer
from finance.payments import CallbackRefused, CallbackUnreadable, NotTaken, Order, Status, Unclear, payments
from finance.payments.gateway import GatewayBackend
from finance.payments.offline import OfflineBackend, bank_details
from finance.services import payments as online
from finance.services import top_ups
from finance.services.payments import NotPayable, PaymentPending, PaymentUnavailable
from tests.factories import acting, make_account, make_operator
from tests.finance.funds import books_sum, fresh_key, funds, staff
from tests.racing import race
from tests.servers.gateway import MERCHANT, SECRET, PaymentGateway, gateway, signed
from tests.servers.local import Reply, dripping, nobody, silence

D = Decimal
OLD_SECRET = "the-secret-that-was-there-before-it"
MINUTE = timedelta(minutes=1)
ADDRESS = "/finance/callbacks/gateway/"


@pytest.fixture
def there(settings) -> Iterator[PaymentGateway]:
    with gateway() as state:
        settings.PAYMENT_BACKEND = "finance.payments.gateway.GatewayBackend"
        settings.PAYMENT_OPTIONS = state.options
        yield state


def order(reference="12345678", amount="100.00") -> Order:
    return Order(reference, D(amount), "统账 12345678", "https://t.example/in/", "https://t.example/back/")


def announce(account, amount="100.00", **more):
    more.setdefault("key", fresh_key())
    return top_ups.start_top_up(actor=acting(account), account=account, amount=D(amount), channel="gateway", **more)


def open_it(top_up, **more):
    actor = more.pop("actor", None) or acting(top_up.account)
    return online.open_payment(actor=actor, top_up_id=top_up.pk, return_url="https://t.example/back/", **more)


def report(body: bytes, headers=None, **signing):
    """What the gateway is answered when it sends this message."""
    client = Client(enforce_csrf_checks=True)
    sent = signed(body, **signing) if headers is None else headers
    return client.post(ADDRESS, body, content_type="application/json", headers=sent)


def kinds(top_up):
    found = Event.objects.filter(subject_type="finance.topup", subject_id=top_up.pk)
    return list(found.order_by("pk").values_list("kind", flat=True))


def fresh(top_up):
    return TopUp.objects.get(pk=top_up.pk)


# The backend by itself


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


# Placing an order for a top-up


def test_a_payment_is_opened_once(there, manager):
    top_up = open_it(announce(manager))
    assert top_up.pay_url == f"{there.url}/pay/{top_up.reference}"
    assert open_it(top_up).pay_url == top_up.pay_url
    assert [path for path, _said in there.asked] == ["/orders"]
    assert there.orders[top_up.reference]["notify_url"].endswith(ADDRESS)


def test_only_whoever_may_move_funds_opens_a_payment(there, manager, stranger):
    top_up = announce(manager)
    with pytest.raises(NotFound):
        open_it(top_up, actor=acting(stranger))
    with pytest.raises(NotAllowed):
        open_it(top_up, actor=acting(manager, make_operator(manager, Role.VIEWER)))
    assert there.asked == []


def test_what_does_not_wait_for_an_online_payment_is_not_opened(there, manager):
    by_bank = top_ups.start_top_up(actor=acting(manager), account=manager, amount=D(1), channel="bank", key="b")
    old = announce(manager, now=timezone.now() - policy.TOP_UP_LIFE)
    closed = top_ups.cancel_top_up(actor=acting(manager), top_up_id=announce(manager).pk)
    for top_up in (by_bank, old, closed):
        with pytest.raises(NotPayable):
            open_it(top_up)
    assert there.asked == []


def test_an_order_that_never_left_can_be_placed_again(there, manager, settings):
    top_up = announce(manager)
    with nobody() as url:
        settings.PAYMENT_OPTIONS = {**there.options, "endpoint": url}
        with pytest.raises(PaymentUnavailable):
            open_it(top_up)
    settings.PAYMENT_OPTIONS = there.options
    assert open_it(top_up).pay_url
    assert len(there.orders) == 1


def test_an_order_of_unknown_fate_is_asked_about_and_never_placed_again(there, manager):
    top_up = announce(manager)
    there.plays = Reply(500, b"")
    with pytest.raises(PaymentPending):
        open_it(top_up)
    with pytest.raises(PaymentPending):
        open_it(top_up)
    there.plays = None
    assert open_it(top_up).pay_url == f"{there.url}/pay/{top_up.reference}"
    assert [path for path, _said in there.asked] == ["/orders", "/orders/query", "/orders/query"]


def test_an_order_that_the_gateway_does_not_know_is_waited_for_and_then_given_up(there, manager):
    top_up, now = announce(manager), timezone.now()
    there.plays = Reply(500, b"")
    with pytest.raises(PaymentPending):
        open_it(top_up, now=now)
    there.plays, there.orders = None, {}
    with pytest.raises(PaymentPending):
        open_it(top_up, now=now + MINUTE)
    online.ask_gateway(now=now + 10 * MINUTE)
    assert fresh(top_up).state == "waiting"
    online.ask_gateway(now=now + 10 * MINUTE + policy.GATEWAY_LOST_AFTER)
    assert (fresh(top_up).state, fresh(top_up).end) == ("closed", "lost")
    with pytest.raises(NotPayable):
        open_it(top_up)


def test_a_refused_order_is_said_in_a_sentence(there, manager):
    there.takes = False
    with pytest.raises(PaymentUnavailable) as refused:
        open_it(announce(manager))
    assert (refused.value.status, bool(str(refused.value))) == (503, True)


# Callbacks


@pytest.fixture
def opened(there, manager):
    return open_it(announce(manager))


def test_a_paid_callback_credits_once_however_often_it_comes(there, opened):
    body = there.message(opened.reference)
    headers = signed(body)
    first = report(body, headers)
    assert (first.status_code, first.json()) == (200, {"reference": opened.reference, "state": "credited"})
    again, anew = report(body, headers), report(body)
    assert again.json() == anew.json() == first.json()
    assert first.headers["Cache-Control"] == "no-store"
    assert (funds(opened.account).cash, books_sum()) == (100, 0)
    assert Transfer.objects.count() == 1
    assert list(GatewayCallback.objects.order_by("pk").values_list("verdict", flat=True)) == ["credited", "repeated"]
    assert kinds(opened) == ["top_up.announced", "top_up.credited"]
    assert fresh(opened).credited_by is None


def forged(body: bytes) -> dict[str, dict[str, str]]:
    right = signed(body)
    gone = {name: {key: value for key, value in signed(body).items() if key != name} for name in right}
    return {
        "no headers": {},
        **{f"without {name}": rest for name, rest in gone.items()},
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


UNREADABLE = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b"[" * 8000,
    b'"paid"',
    b'{"reference": "12345678"}',
    *(
        json.dumps(
            {"reference": "12345678", "provider_id": "gw-1", "amount": "1.00", "status": "paid", **wrong}
        ).encode()
        for wrong in [
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
    ),
]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_signed_message_in_another_form_is_refused(there, db, body):
    answer = report(body)
    assert (answer.status_code, answer.json()) == (400, {"code": "callback_unreadable"})
    assert not GatewayCallback.objects.exists()


def test_other_kinds_of_requests_are_refused(there, opened):
    body = there.message(opened.reference)
    client = Client()
    assert client.get(ADDRESS).status_code == 405
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        assert client.post(ADDRESS, body, content_type=kind, headers=signed(body)).status_code == 400
    long = there.message(opened.reference, note="x" * policy.GATEWAY_CALLBACK_BYTES_MAX)
    assert report(long).status_code == 413
    assert fresh(opened).state == "waiting"


def test_without_a_gateway_nobody_is_heard(db):
    body = b'{"reference":"12345678","provider_id":"gw-1","amount":"100.00","status":"paid"}'
    assert report(body).status_code == 401


def test_a_nonce_is_good_for_one_message(there, opened, manager):
    other = open_it(announce(manager))
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


def test_paid_before_the_created_answer_is_credited_and_stays(there, manager):
    top_up = announce(manager)
    there.plays = Reply(500, b"")
    with pytest.raises(PaymentPending):
        open_it(top_up)
    there.plays = None
    assert report(there.message(top_up.reference)).json()["state"] == "credited"
    assert report(there.message(top_up.reference, "waiting")).json()["state"] == "credited"
    with pytest.raises(NotPayable):
        open_it(top_up)
    assert (fresh(top_up).pay_url, fresh(top_up).provider_id) == ("", f"gw-{top_up.reference}")
    assert funds(manager).cash == 100


def test_paid_while_the_created_answer_is_on_its_way(there, manager):
    top_up = announce(manager)
    _top_up, is_ours = online._claim_order(acting(manager), top_up.pk, timezone.now())
    placed = GatewayBackend().create(order=online._order(top_up, "https://t.example/back/"))
    assert report(there.message(top_up.reference)).status_code == 200
    after = online._keep_order(top_up.pk, placed)
    assert is_ours
    assert (after.state, after.pay_url, after.provider_id) == ("credited", "", placed.provider_id)


def test_failed_after_paid_takes_nothing_back(there, opened):
    report(there.message(opened.reference))
    answer = report(there.message(opened.reference, "failed"))
    assert (answer.status_code, answer.json()["state"]) == (200, "credited")
    assert funds(opened.account).cash == 100


def test_failed_closes_and_paid_after_it_is_credited(there, opened):
    assert report(there.message(opened.reference, "failed")).json()["state"] == "closed"
    assert fresh(opened).end == "failed"
    assert report(there.message(opened.reference, "failed")).json()["state"] == "closed"
    assert report(there.message(opened.reference)).json()["state"] == "credited"
    assert funds(opened.account).cash == 100
    assert kinds(opened)[-2:] == ["top_up.arrived_late", "top_up.credited"]


@pytest.mark.parametrize("how", ["cancelled", "refused", "expired", "not even tidied"])
def test_money_that_arrives_after_the_end_is_credited_and_staff_are_told(there, opened, how):
    if how == "cancelled":
        top_ups.cancel_top_up(actor=acting(opened.account), top_up_id=opened.pk)
    elif how == "refused":
        top_ups.close_top_up(actor=staff(), top_up_id=opened.pk, reason="x")
    else:
        TopUp.objects.filter(pk=opened.pk).update(created_at=timezone.now() - policy.TOP_UP_LIFE)
    if how == "expired":
        online.ask_gateway(now=timezone.now() + 10 * MINUTE)
        assert fresh(opened).end == "expired"
    assert report(there.message(opened.reference)).json()["state"] == "credited"
    assert (funds(opened.account).cash, GatewayCallback.objects.get().verdict) == (100, "credited_late")
    assert kinds(opened)[-2:] == ["top_up.arrived_late", "top_up.credited"]


def test_an_unknown_reference_is_written_down_and_answered_404(there, opened):
    by_bank = top_ups.start_top_up(
        actor=acting(opened.account), account=opened.account, amount=D(100), channel="bank", key="b"
    )
    for reference in ("00000000", "not-ours-at-all", by_bank.reference):
        answer = report(there.message(reference))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_reference")
    assert GatewayCallback.objects.filter(verdict="unknown_reference", top_up=None).count() == 3
    told = Event.objects.filter(kind="top_up.unknown_reference")
    assert told.count() == 3
    assert all(event.account is None and event.facts["amount"] == "100.00" for event in told)
    assert not Entry.objects.exists()


def test_another_amount_is_written_down_once_and_nothing_is_credited(there, opened):
    for _ in range(2):
        answer = report(there.message(opened.reference, amount="99.99"))
        assert (answer.status_code, answer.json()["code"]) == (409, "amount_differs")
    assert (fresh(opened).state, fresh(opened).trouble) == ("waiting", "amount_differs")
    assert kinds(opened) == ["top_up.announced", "top_up.trouble"]
    assert not Entry.objects.exists()
    settled = top_ups.settle_trouble(actor=staff(), top_up_id=opened.pk, note="refunded by the gateway")
    assert settled.trouble == ""
    assert kinds(opened)[-1] == "top_up.trouble_settled"


def test_one_payment_is_credited_to_one_top_up(there, opened, manager):
    other = announce(manager)
    report(there.message(opened.reference))
    stolen = report(there.message(other.reference, provider_id=f"gw-{opened.reference}"))
    second = report(there.message(opened.reference, provider_id="gw-another"))
    assert (stolen.status_code, second.status_code) == (409, 409)
    assert {fresh(other).trouble, fresh(opened).trouble} == {"other_order"}
    assert (fresh(other).state, funds(manager).cash) == ("waiting", 100)


def test_staff_do_not_confirm_what_the_gateway_proves(there, opened):
    with pytest.raises(top_ups.NotForStaff):
        top_ups.confirm_top_up(actor=staff(), top_up_id=opened.pk, arrived=D(100), bank_reference="BK-1")


# Asking after silence


def test_a_lost_callback_is_found_by_asking(there, opened):
    there.orders[opened.reference]["status"] = "paid"
    assert online.ask_gateway(now=timezone.now()) == 0
    assert online.ask_gateway(now=timezone.now() + 4 * MINUTE) == 1
    assert (fresh(opened).state, funds(opened.account).cash) == ("credited", 100)
    assert online.ask_gateway(now=timezone.now() + 10 * MINUTE) == 0
    assert report(there.message(opened.reference)).status_code == 200
    assert funds(opened.account).cash == 100


def test_a_failed_payment_is_found_by_asking(there, opened):
    there.orders[opened.reference]["status"] = "failed"
    online.ask_gateway(now=timezone.now() + 4 * MINUTE)
    assert (fresh(opened).state, fresh(opened).end) == ("closed", "failed")


def test_a_wrong_amount_found_by_asking_is_said_once(there, opened):
    there.orders[opened.reference] |= {"status": "paid", "amount": "1.00"}
    for minutes in (4, 20, 60, 60 * 24 * 8):
        online.ask_gateway(now=timezone.now() + minutes * MINUTE)
    assert kinds(opened) == ["top_up.announced", "top_up.trouble"]
    assert not Entry.objects.exists()


def test_an_order_of_another_amount_is_never_offered_for_payment(there, manager):
    top_up = announce(manager)
    there.plays = Reply(500, b"")
    with pytest.raises(PaymentPending):
        open_it(top_up)
    there.plays = None
    there.orders[top_up.reference]["amount"] = "1.00"
    with pytest.raises(PaymentPending):
        open_it(top_up)
    assert fresh(top_up).pay_url == ""


def test_the_longer_it_is_silent_the_more_rarely_it_is_asked(there, opened):
    began, asked = timezone.now(), []
    for minutes in range(0, 24 * 60, 3):
        if online.ask_gateway(now=began + minutes * MINUTE):
            asked.append(minutes)
    assert len(asked) < 40
    assert asked[0] <= 6
    assert asked[-1] - asked[-2] > 60


def test_a_gateway_that_is_down_is_left_alone_until_the_next_run(there, manager, settings):
    waiting = [open_it(announce(manager)) for _ in range(3)]
    there.plays = Reply(503, b"")
    there.asked.clear()
    assert online.ask_gateway(now=timezone.now() + 4 * MINUTE) == 0
    assert len(there.asked) == 1
    there.plays = None
    assert online.ask_gateway(now=timezone.now() + 4 * MINUTE) == len(waiting) - 1
    assert {fresh(one).state for one in waiting} == {"waiting"}


def test_the_expiring_job_leaves_to_the_asking_one_what_the_gateway_knows(there, opened, manager):
    never_opened = announce(manager)
    late = timezone.now() + policy.TOP_UP_LIFE + MINUTE
    assert top_ups.expire_top_ups(now=late) == 1
    assert (fresh(never_opened).end, fresh(opened).state) == ("expired", "waiting")
    there.orders[opened.reference]["status"] = "paid"
    online.ask_gateway(now=late)
    assert fresh(opened).state == "credited"


@pytest.mark.django_db(transaction=True)
def test_the_jobs_do_it_by_themselves(there):
    account = make_account()
    paid, unpaid = open_it(announce(account)), announce(account)
    there.orders[paid.reference]["status"] = "paid"
    past = timezone.now() - policy.TOP_UP_LIFE
    TopUp.objects.filter(pk=paid.pk).update(ask_after=past)
    TopUp.objects.filter(pk=unpaid.pk).update(created_at=past)
    sweep()
    run_due()
    assert (fresh(paid).state, fresh(unpaid).state) == ("credited", "closed")


# At the same moment


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alike", [True, False])
def test_the_same_callback_twenty_times_at_once_is_credited_once(there, alike):
    top_up = open_it(announce(make_account()))
    body = there.message(top_up.reference)
    same = signed(body)
    answers = race(20, lambda _n: report(body, same if alike else signed(body)))
    assert {(answer.status_code, answer.content) for answer in answers if not isinstance(answer, Exception)} == {
        (200, answers[0].content)
    }
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert (funds(top_up.account).cash, books_sum()) == (100, 0)
    assert Transfer.objects.count() == 1
    assert GatewayCallback.objects.count() == (1 if alike else 20)
    assert kinds(top_up).count("top_up.credited") == 1


@pytest.mark.django_db(transaction=True)
def test_callbacks_asking_closing_and_failing_at_once_never_lose_the_money(there):
    account = make_account()
    for _ in range(3):
        top_up = open_it(announce(account))
        there.orders[top_up.reference]["status"] = "paid"
        acts = [
            lambda one=top_up: report(there.message(one.reference)),
            lambda one=top_up: report(there.message(one.reference, "failed")),
            lambda: online.ask_gateway(now=timezone.now() + 4 * MINUTE),
            lambda one=top_up: top_ups.cancel_top_up(actor=acting(account), top_up_id=one.pk),
            lambda one=top_up: report(there.message(one.reference)),
        ]
        race(5, lambda n, five=acts: five[n]())
        assert fresh(top_up).state == "credited"
    assert funds(account).cash == 300
    assert books_sum() == 0


@pytest.mark.django_db(transaction=True)
def test_a_payment_opened_from_eight_windows_is_one_order(there):
    account = make_account()
    top_up, actor = announce(account), acting(account)
    results = race(8, lambda _n: open_it(top_up, actor=actor))
    assert all(isinstance(result, TopUp | PaymentPending) for result in results)
    assert [path for path, _said in there.asked].count("/orders") == 1
    assert open_it(top_up).pay_url
