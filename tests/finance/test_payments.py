"""Orders placed at the gateway, and asking it after silence."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.permissions import Role
from config.errors import NotAllowed, NotFound
from config.jobs import run_due
from config.jobs.sweep import sweep
from finance import policy
from finance.models import Entry, TopUp
from finance.services import payments as online
from finance.services import top_ups
from finance.services.payments import NotPayable, PaymentPending, PaymentUnavailable
from tests.factories import acting, make_account, make_operator
from tests.finance.funds import funds
from tests.finance.paying import CALLBACK, announce_online, fresh, kinds, open_it, report
from tests.servers.local import Reply, nobody

D = Decimal
MINUTE = timedelta(minutes=1)


def test_a_payment_is_opened_once(there, manager):
    top_up = open_it(announce_online(manager))
    assert top_up.pay_url == f"{there.url}/pay/{top_up.reference}"
    assert open_it(top_up).pay_url == top_up.pay_url
    assert [path for path, _said in there.asked] == ["/orders"]
    assert there.orders[top_up.reference]["notify_url"].endswith(CALLBACK)


def test_only_whoever_may_move_funds_opens_a_payment(there, manager, stranger):
    top_up = announce_online(manager)
    with pytest.raises(NotFound):
        open_it(top_up, actor=acting(stranger))
    with pytest.raises(NotAllowed):
        open_it(top_up, actor=acting(manager, make_operator(manager, Role.VIEWER)))
    assert there.asked == []


def test_what_does_not_wait_for_an_online_payment_is_not_opened(there, manager):
    by_bank = top_ups.start_top_up(actor=acting(manager), account=manager, amount=D(1), channel="bank", key="b")
    old = announce_online(manager, now=timezone.now() - policy.TOP_UP_LIFE)
    closed = top_ups.cancel_top_up(actor=acting(manager), top_up_id=announce_online(manager).pk)
    for top_up in (by_bank, old, closed):
        with pytest.raises(NotPayable):
            open_it(top_up)
    assert there.asked == []


def test_an_order_that_never_left_can_be_placed_again(there, manager, settings):
    top_up = announce_online(manager)
    with nobody() as url:
        settings.PAYMENT_OPTIONS = {**there.options, "endpoint": url}
        with pytest.raises(PaymentUnavailable):
            open_it(top_up)
    settings.PAYMENT_OPTIONS = there.options
    assert open_it(top_up).pay_url
    assert len(there.orders) == 1


def test_an_order_of_unknown_fate_is_asked_about_and_never_placed_again(there, manager):
    top_up = announce_online(manager)
    there.plays = Reply(500, b"")
    with pytest.raises(PaymentPending):
        open_it(top_up)
    with pytest.raises(PaymentPending):
        open_it(top_up)
    there.plays = None
    assert open_it(top_up).pay_url == f"{there.url}/pay/{top_up.reference}"
    assert [path for path, _said in there.asked] == ["/orders", "/orders/query", "/orders/query"]


def test_an_order_that_the_gateway_does_not_know_is_waited_for_and_then_given_up(there, manager):
    top_up, now = announce_online(manager), timezone.now()
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
        open_it(announce_online(manager))
    assert (refused.value.status, bool(str(refused.value))) == (503, True)


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
    top_up = announce_online(manager)
    there.plays = Reply(500, b"")
    with pytest.raises(PaymentPending):
        open_it(top_up)
    there.plays = None
    there.orders[top_up.reference]["amount"] = "1.00"
    with pytest.raises(PaymentPending):
        open_it(top_up)
    assert fresh(top_up).pay_url == ""


def test_the_longer_it_is_silent_the_more_rarely_it_is_asked(there, opened):
    began = timezone.now()
    asked = [minutes for minutes in range(0, 24 * 60, 3) if online.ask_gateway(now=began + minutes * MINUTE)]
    assert len(asked) < 40
    assert asked[0] <= 6
    assert asked[-1] - asked[-2] > 60


def test_a_gateway_that_is_down_is_left_alone_until_the_next_run(there, manager, settings):
    waiting = [open_it(announce_online(manager)) for _ in range(3)]
    there.plays = Reply(503, b"")
    there.asked.clear()
    assert online.ask_gateway(now=timezone.now() + 4 * MINUTE) == 0
    assert len(there.asked) == 1
    there.plays = None
    assert online.ask_gateway(now=timezone.now() + 4 * MINUTE) == len(waiting) - 1
    assert {fresh(one).state for one in waiting} == {"waiting"}


def test_the_expiring_job_leaves_to_the_asking_one_what_the_gateway_knows(there, opened, manager):
    never_opened = announce_online(manager)
    late = timezone.now() + policy.TOP_UP_LIFE + MINUTE
    assert top_ups.expire_top_ups(now=late) == 1
    assert (fresh(never_opened).end, fresh(opened).state) == ("expired", "waiting")
    there.orders[opened.reference]["status"] = "paid"
    online.ask_gateway(now=late)
    assert fresh(opened).state == "credited"


@pytest.mark.django_db(transaction=True)
def test_the_jobs_do_it_by_themselves(there):
    account = make_account()
    paid, unpaid = open_it(announce_online(account)), announce_online(account)
    there.orders[paid.reference]["status"] = "paid"
    past = timezone.now() - policy.TOP_UP_LIFE
    TopUp.objects.filter(pk=paid.pk).update(ask_after=past)
    TopUp.objects.filter(pk=unpaid.pk).update(created_at=past)
    sweep()
    run_due()
    assert (fresh(paid).state, fresh(unpaid).state) == ("credited", "closed")
