"""Callbacks that are proved: repeated, reordered, late, and such that do not fit."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event
from finance import policy
from finance.models import Entry, GatewayCallback, TopUp, Transfer
from finance.payments.gateway import GatewayBackend
from finance.services import payments as online
from finance.services import top_ups
from finance.services.payments import NotPayable, PaymentPending
from tests.factories import acting
from tests.finance.funds import books_sum, funds, staff
from tests.finance.paying import announce, announce_online, confirm, fresh, kinds, open_it, report
from tests.servers.gateway import signed
from tests.servers.local import Reply

MINUTE = timedelta(minutes=1)


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


def test_paid_before_the_created_answer_is_credited_and_stays(there, manager):
    top_up = announce_online(manager)
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
    top_up = announce_online(manager)
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
    by_bank = announce(opened.account)
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
    other = announce_online(manager)
    report(there.message(opened.reference))
    stolen = report(there.message(other.reference, provider_id=f"gw-{opened.reference}"))
    second = report(there.message(opened.reference, provider_id="gw-another"))
    assert (stolen.status_code, second.status_code) == (409, 409)
    assert {fresh(other).trouble, fresh(opened).trouble} == {"other_order"}
    assert (fresh(other).state, funds(manager).cash) == ("waiting", 100)


def test_staff_do_not_confirm_what_the_gateway_proves(there, opened):
    with pytest.raises(top_ups.NotForStaff):
        confirm(opened)
