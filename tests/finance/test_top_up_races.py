"""Staff, accounts and the gateway at the same moment, each on a connection of its own: money comes in once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.states import MoveRefused
from finance import policy
from finance.models import GatewayCallback, TopUp, Transfer
from finance.services import payments as online
from finance.services import top_ups
from finance.services.payments import PaymentPending
from finance.services.top_ups import PaymentUsed, SecondPerson
from tests.factories import acting, make_account
from tests.finance.funds import books_sum, funds, staff
from tests.finance.paying import announce, announce_online, confirm, fresh, kinds, open_it, report
from tests.racing import race
from tests.servers.gateway import signed

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = policy.TOP_UP_FOUR_EYES_FROM
MINUTE = timedelta(minutes=1)


def test_two_people_of_support_confirm_at_once_and_it_is_credited_once():
    account = make_account()
    small, people = announce(account), [staff() for _ in range(8)]
    results = race(8, lambda n: confirm(small, people[n], number="BK-S"))
    assert sum(isinstance(result, TopUp) for result in results) == 1
    assert all(isinstance(result, TopUp | MoveRefused) for result in results)
    assert funds(account).cash == 100
    assert Transfer.objects.count() == 1


def test_of_many_at_once_exactly_two_confirm_a_large_one():
    account = make_account()
    large, people = announce(account, LARGE), [staff() for _ in range(4)]
    results = race(8, lambda n: confirm(large, people[n // 2], number="BK-L"))
    done = TopUp.objects.get()
    assert done.state == "credited"
    assert done.confirmed_by_id != done.credited_by_id
    assert all(isinstance(result, TopUp | MoveRefused | SecondPerson) for result in results)
    assert funds(account).cash == LARGE


def test_one_bank_payment_at_eight_top_ups_at_once_is_credited_to_one():
    account = make_account()
    waiting, people = [announce(account) for _ in range(8)], [staff() for _ in range(8)]
    results = race(8, lambda n: confirm(waiting[n], people[n], number="BK-ONE"))
    assert sum(isinstance(result, TopUp) for result in results) == 1
    assert sum(isinstance(result, PaymentUsed) for result in results) == 7
    assert funds(account).cash == 100


def test_one_key_twenty_times_at_once_is_one_top_up():
    account = make_account()
    actor = acting(account)
    results = race(20, lambda _n: announce(account, actor=actor, key="once").pk)
    assert len(set(results)) == 1
    assert TopUp.objects.count() == 1


def test_closing_races_confirming_and_the_money_is_never_lost():
    account = make_account()
    for _ in range(4):
        top_up, by = announce(account), staff()
        acts = [
            lambda one=top_up, who=by: confirm(one, who),
            lambda one=top_up: top_ups.cancel_top_up(actor=acting(account), top_up_id=one.pk),
        ]
        results = race(2, lambda n, pair=acts: pair[n]())
        assert isinstance(results[0], TopUp)
    assert funds(account).cash == 400


@pytest.mark.parametrize("alike", [True, False])
def test_the_same_callback_twenty_times_at_once_is_credited_once(there, alike):
    top_up = open_it(announce_online(make_account()))
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


def test_callbacks_asking_closing_and_failing_at_once_never_lose_the_money(there):
    account = make_account()
    for _ in range(3):
        top_up = open_it(announce_online(account))
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


def test_a_payment_opened_from_eight_windows_is_one_order(there):
    account = make_account()
    top_up, actor = announce_online(account), acting(account)
    results = race(8, lambda _n: open_it(top_up, actor=actor))
    assert all(isinstance(result, TopUp | PaymentPending) for result in results)
    assert [path for path, _said in there.asked].count("/orders") == 1
    assert open_it(top_up).pay_url
