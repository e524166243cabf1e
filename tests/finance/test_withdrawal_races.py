"""Withdrawals against charges, codes, repeats and two people of support, each on a connection of its own."""

import pytest

from accounts.models import OneTimeCode
from accounts.services.codes import CodeNeeded
from config.states import MoveRefused
from finance import policy
from finance.models import Transfer, Withdrawal
from finance.services import withdrawals
from finance.services.drawing import AccountShort
from finance.services.withdrawals import AboveOwnCash
from tests.factories import acting, clear, make_account, owner_of
from tests.finance.funds import books_sum, funds, mover, spend, staff, top_up
from tests.finance.paying_out import ask, give_back, pay, platform
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = policy.WITHDRAWAL_FOUR_EYES_FROM


def test_a_withdrawal_races_charges_and_nothing_is_spent_twice():
    account = make_account()
    top_up(account, "100.00")
    actor = mover(account)

    def act(number):
        if number % 2:
            return spend(account, "30.00")
        return ask(account, "30.00", actor=actor)

    results = race(12, act)
    out = sum(isinstance(result, Withdrawal) for result in results)
    spent = sum(isinstance(result, int) for result in results)
    refused = [result for result in results if isinstance(result, Exception)]
    assert out + spent == 3
    assert all(isinstance(error, AccountShort | AboveOwnCash) for error in refused)
    assert (funds(account).cash, platform("payout"), platform("revenue")) == (10, 30 * out, 30 * spent)
    assert books_sum() == 0


def test_one_key_twenty_times_at_once_is_one_withdrawal():
    account = make_account()
    top_up(account, "100.00")
    actor = mover(account)
    results = race(20, lambda _n: ask(account, key="once", actor=actor).pk)
    assert len(set(results)) == 1
    assert funds(account).cash == 60


def test_one_code_lets_one_withdrawal_pass():
    account = make_account()
    top_up(account, "100.00")
    clear(owner_of(account), OneTimeCode.Purpose.WITHDRAW, f"account:{account.pk}")
    actor = acting(account)
    results = race(4, lambda _n: ask(account, "10.00", actor=actor))
    assert sum(isinstance(result, Withdrawal) for result in results) == 1
    assert sum(isinstance(result, CodeNeeded) for result in results) == 3
    assert funds(account).cash == 90


def test_paying_and_giving_back_at_once_does_one_of_them():
    account = make_account()
    top_up(account, "100.00")
    people = [staff() for _ in range(6)]
    for _ in range(3):
        withdrawal = ask(account, "10.00")
        act = [pay, give_back]
        results = race(6, lambda n, one=withdrawal, acts=act: acts[n % 2](one, people[n]))
        ended = Withdrawal.objects.get(pk=withdrawal.pk)
        fits = [result for result in results if isinstance(result, Withdrawal)]
        assert {result.state for result in fits} == {ended.state}
        assert all(isinstance(result, Withdrawal | MoveRefused) for result in results)
        assert Transfer.objects.filter(key=f"withdrawal-end:{withdrawal.pk}").count() == 1
    assert platform("payout") == 0
    assert books_sum() == 0


def test_two_people_of_support_pay_a_large_one_together_and_no_one_does_both():
    account = make_account()
    top_up(account, str(LARGE))
    withdrawal, people = ask(account, LARGE), [staff() for _ in range(4)]

    def act(number):
        if number < 4:
            return withdrawals.approve_withdrawal(actor=people[number], withdrawal_id=withdrawal.pk)
        return pay(withdrawal, people[number - 4], number="OUT-L")

    for _turn in range(2):
        race(8, act)
    ended = Withdrawal.objects.get()
    assert ended.state == "paid"
    assert ended.approved_by_id != ended.ended_by_id
    assert platform("payout") == 0


def test_everything_at_once_on_one_account_never_waits_in_a_circle():
    """Top-ups, charges, requests, payments and returns take the same books in the same order."""
    account = make_account()
    top_up(account, "1000.00")
    actor, people = mover(account), [staff() for _ in range(8)]
    ready = [ask(account, "10.00", actor=actor) for _ in range(8)]

    def act(number):
        for turn in range(4):
            kind = (number + turn) % 4
            if kind == 0:
                ask(account, "1.00", actor=actor)
            elif kind == 1:
                spend(account, "1.00")
            elif kind == 2:
                top_up(account, "1.00")
            elif turn == 3 or number >= 4:
                give_back(ready[number], people[number])
            else:
                pay(ready[number], people[number])

    assert race(8, act) == [None] * 8
    assert books_sum() == 0
