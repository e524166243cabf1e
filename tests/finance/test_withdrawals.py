"""Money out: own cash only, set aside at once, paid or given back by staff, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actors import Actor, Door, StaffOnly
from accounts.models import Account, ApiKey, Event, OneTimeCode
from accounts.permissions import Role
from accounts.services.codes import CodeNeeded
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from finance import policy
from finance.models import Withdrawal
from finance.services import withdrawals
from finance.services.credit import grant_credit
from finance.services.drawing import AccountShort
from finance.services.ledger import KeyReused
from finance.services.top_ups import OwnAccount
from finance.services.withdrawals import AboveOwnCash, ApprovalNeeded, CreditFirst, NotVerified, PaymentUsed
from tests.factories import UserFactory, acting, clear, make_account, make_operator, make_relationship, owner_of
from tests.finance.billing import make_line
from tests.finance.funds import D, allot, books_sum, funds, mover, spend, staff, top_up
from tests.finance.paying import kinds
from tests.finance.paying_out import ask, give_back, pay, platform
from tests.states import every_move, outcome

LARGE = policy.WITHDRAWAL_FOUR_EYES_FROM


@pytest.fixture
def rich(manager):
    """An account with 100.00 yuan of own cash."""
    top_up(manager, "100.00")
    return manager


def test_what_is_withdrawn_is_set_aside_at_once(rich):
    withdrawal = ask(rich)
    assert (withdrawal.state, withdrawal.payee) == ("requested", rich.enterprise.name)
    assert (funds(rich).cash, platform("payout")) == (60, 40)
    with pytest.raises(AccountShort):
        spend(rich, "60.01")
    assert books_sum() == 0
    assert kinds(withdrawal) == ["withdrawal.requested"]
    assert list(Withdrawal.objects.visible_to(rich).under_way()) == [withdrawal]


def test_it_needs_a_code_of_this_purpose_and_account(rich, stranger):
    person = owner_of(rich)
    for purpose, binding in (("withdraw", f"account:{stranger.pk}"), ("allot_funds", f"account:{rich.pk}")):
        clear(person, purpose, binding)
        with pytest.raises(CodeNeeded):
            ask(rich, actor=acting(rich))
    clear(person, OneTimeCode.Purpose.WITHDRAW, f"account:{rich.pk}", timezone.now() - timedelta(minutes=16))
    with pytest.raises(CodeNeeded):
        ask(rich, actor=acting(rich))
    assert (funds(rich).cash, Withdrawal.objects.count()) == (100, 0)
    clear(person, OneTimeCode.Purpose.WITHDRAW, f"account:{rich.pk}")
    ask(rich, actor=acting(rich))
    with pytest.raises(CodeNeeded):
        ask(rich, actor=acting(rich))
    assert funds(rich).cash == 60


def test_a_refused_request_does_not_spend_the_code(rich):
    clear(owner_of(rich), OneTimeCode.Purpose.WITHDRAW, f"account:{rich.pk}")
    with pytest.raises(AboveOwnCash):
        ask(rich, "100.01", actor=acting(rich))
    assert ask(rich, "100.00", actor=acting(rich)).pk


def test_who_may_not_move_funds_and_who_is_no_person_withdraw_nothing(rich, stranger):
    key = ApiKey.objects.create(
        account=rich, name="erp", prefix="tz_1", digest="d", scopes=[], created_by=owner_of(rich)
    )
    refused = {
        Actor(door=Door.CONSOLE, user=make_operator(rich, Role.VIEWER), cleared=True): NotAllowed,
        Actor(door=Door.API, key=key, account=rich): NotAllowed,
        Actor(door=Door.SYSTEM): NotAllowed,
        mover(stranger): NotFound,
    }
    for actor, error in refused.items():
        with pytest.raises(error):
            ask(rich, actor=actor)
    assert funds(rich).cash == 100


@pytest.mark.parametrize("amount", ["0", "-1", "0.99", "1.001", "1e400", "NaN", "-Infinity", "100000000.01"])
def test_an_amount_without_sense_is_refused_in_a_sentence(rich, amount):
    with pytest.raises(InputError) as refused:
        ask(rich, amount)
    assert refused.value.field == "amount"
    assert str(refused.value)
    assert funds(rich).cash == 100


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bank_account", ""),
        ("bank_account", "1234567"),
        ("bank_account", "1" * 31),
        ("bank_account", "6222x0213000"),
        ("bank_name", ""),
        ("bank_name", "x" * 61),
        ("bank_name", "——"),
        ("key", ""),
    ],
)
def test_a_bank_without_sense_is_refused_at_its_field(rich, field, value):
    with pytest.raises(InputError) as refused:
        ask(rich, **{field: value})
    assert refused.value.field == field
    assert funds(rich).cash == 100


def test_more_than_the_own_cash_is_refused_with_both_numbers(rich):
    with pytest.raises(AboveOwnCash) as refused:
        ask(rich, "100.01")
    assert "100.00" in str(refused.value)
    assert "100.01" in str(refused.value)


def test_money_from_a_manager_cannot_be_withdrawn(rich, member):
    allot(make_relationship(rich, member), "50.00")
    with pytest.raises(AboveOwnCash) as refused:
        ask(member, "1.00")
    assert refused.value.facts["available"] == 0
    top_up(member, "5.00")
    assert withdrawals.withdrawable_of(account=member) == 5
    ask(member, "5.00")
    assert (funds(member).cash, funds(member).allotted) == (0, 50)


def test_credit_cannot_be_withdrawn_and_what_is_owed_comes_first(rich):
    grant_credit(actor=staff(), account=rich, limit=D("500"))
    with pytest.raises(AboveOwnCash):
        ask(rich, "101.00")
    spend(rich, "130.00")
    top_up(rich, "50.00")
    assert (funds(rich).cash, funds(rich).credit_used, withdrawals.withdrawable_of(account=rich)) == (50, 30, 20)
    with pytest.raises(CreditFirst) as refused:
        ask(rich, "20.01")
    assert all(number in str(refused.value) for number in ("30.00", "20.00", "20.01"))
    ask(rich, "20.00")
    assert funds(rich).cash == 30
    make_line(rich, "600.00")  # 100.00 more than cash and credit
    top_up(rich, "700.00")
    assert withdrawals.withdrawable_of(account=rich) == 100


def test_only_a_verified_account_withdraws_and_to_its_own_name(db):
    nobody = make_account(certified=Account.Certified.NO)
    person = make_account(certified=Account.Certified.INDIVIDUAL, holder_name="王小明")
    top_up(nobody, "10.00")
    top_up(person, "10.00")
    with pytest.raises(NotVerified):
        ask(nobody, "5.00")
    assert ask(person, "5.00").payee == "王小明"
    assert funds(nobody).cash == 10


def test_the_number_is_masked_sealed_and_shown_to_staff_with_a_trace(rich):
    withdrawal, bare = ask(rich), "6222021300004567890"
    assert withdrawal.bank_account_masked == "**** 7890"
    with connection.cursor() as cursor:
        cursor.execute("SELECT finance_withdrawal::text FROM finance_withdrawal")
        assert bare not in cursor.fetchone()[0]
    assert not [event for event in Event.objects.all() if bare in str(event.facts)]
    with pytest.raises(StaffOnly):
        withdrawals.show_bank_account(actor=acting(rich), withdrawal_id=withdrawal.pk)
    assert withdrawals.show_bank_account(actor=staff(), withdrawal_id=withdrawal.pk) == bare
    assert kinds(withdrawal)[-1] == "withdrawal.account_shown"


def test_the_same_key_answers_the_first_and_spends_no_code(rich):
    clear(owner_of(rich), OneTimeCode.Purpose.WITHDRAW, f"account:{rich.pk}")
    first = ask(rich, key="k", actor=acting(rich))
    assert ask(rich, key="k", actor=acting(rich)) == first
    for more in ({"amount": "40.01"}, {"bank_account": "6222021300004567891"}):
        with pytest.raises(KeyReused):
            ask(rich, key="k", actor=acting(rich), **more)
    assert (funds(rich).cash, Withdrawal.objects.count()) == (60, 1)


def test_paid_out_leaves_to_the_bank(rich):
    withdrawal, by = ask(rich), staff()
    done = pay(withdrawal, by, " out 1-2026 ")
    assert (done.state, done.provider_id, done.ended_by) == ("paid", "OUT1-2026", by.user)
    assert (funds(rich).cash, platform("payout"), platform("bank")) == (60, 0, -60)
    assert pay(withdrawal, by, "OUT1-2026").ended_transfer_id == done.ended_transfer_id
    with pytest.raises(MoveRefused):
        pay(withdrawal, by, "OUT2-2026")
    with pytest.raises(MoveRefused):
        give_back(withdrawal)
    assert books_sum() == 0
    assert kinds(withdrawal) == ["withdrawal.requested", "withdrawal.paid"]


def test_given_back_is_own_cash_again_with_a_reason(rich):
    withdrawal, by = ask(rich), staff()
    with pytest.raises(InputError):
        give_back(withdrawal, by, "  ")
    done = give_back(withdrawal, by)
    assert (done.state, done.reason, done.provider_id) == ("returned", "账号有误", None)
    assert (funds(rich).cash, platform("payout")) == (100, 0)
    assert give_back(withdrawal, by).ended_transfer_id == done.ended_transfer_id
    with pytest.raises(MoveRefused):
        pay(withdrawal, by)
    assert kinds(withdrawal) == ["withdrawal.requested", "withdrawal.returned"]


def test_one_bank_payment_pays_one_withdrawal(rich):
    first, second = ask(rich), ask(rich)
    pay(first, number="OUT-1")
    with pytest.raises(PaymentUsed):
        pay(second, number="out-1")
    with pytest.raises(InputError):
        pay(second, number="？")
    assert platform("payout") == 40


def test_from_the_limit_on_one_approves_and_another_pays(manager):
    top_up(manager, str(LARGE))
    withdrawal, first, second = ask(manager, LARGE), staff(), staff()
    with pytest.raises(ApprovalNeeded) as refused:
        pay(withdrawal, first)
    assert f"{LARGE:,}" in str(refused.value)
    assert withdrawals.approve_withdrawal(actor=first, withdrawal_id=withdrawal.pk).state == "approved"
    assert withdrawals.approve_withdrawal(actor=first, withdrawal_id=withdrawal.pk).approved_by == first.user
    with pytest.raises(MoveRefused):
        withdrawals.approve_withdrawal(actor=second, withdrawal_id=withdrawal.pk)
    with pytest.raises(ApprovalNeeded):
        pay(withdrawal, first)
    assert platform("payout") == LARGE
    assert pay(withdrawal, second).state == "paid"
    assert kinds(withdrawal) == ["withdrawal.requested", "withdrawal.approved", "withdrawal.paid"]


def test_whoever_approved_may_still_give_it_back(manager):
    top_up(manager, str(LARGE))
    withdrawal, first = ask(manager, LARGE), staff()
    withdrawals.approve_withdrawal(actor=first, withdrawal_id=withdrawal.pk)
    assert give_back(withdrawal, first).state == "returned"
    assert funds(manager).cash == LARGE


def test_only_staff_with_the_permission_and_outside_the_account_end_it(rich):
    withdrawal, insider = ask(rich), staff()
    rich.operators.create(user=insider.user, role=Role.VIEWER)
    without = Actor(door=Door.STAFF, user=UserFactory.create(is_staff=True))
    for actor, error in ((acting(rich), StaffOnly), (without, StaffOnly), (insider, OwnAccount)):
        with pytest.raises(error):
            withdrawals.approve_withdrawal(actor=actor, withdrawal_id=withdrawal.pk)
        with pytest.raises(error):
            pay(withdrawal, actor)
        with pytest.raises(error):
            give_back(withdrawal, actor)
        with pytest.raises(error):
            withdrawals.show_bank_account(actor=actor, withdrawal_id=withdrawal.pk)
    with pytest.raises(NotFound):
        withdrawals.pay_withdrawal(actor=staff(), withdrawal_id=withdrawal.pk + 1, bank_reference="OUT-1")
    assert platform("payout") == 40


def test_the_database_alone_refuses_an_end_without_its_money(rich):
    ask(rich)
    wrong = [
        "UPDATE finance_withdrawal SET state = 'paid'",
        "UPDATE finance_withdrawal SET state = 'gone'",
        "UPDATE finance_withdrawal SET provider_id = 'OUT-1'",
        "UPDATE finance_withdrawal SET ended_transfer_id = transfer_id",
        "UPDATE finance_withdrawal SET amount = 0",
    ]
    for statement in wrong:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


MOVES = {
    ("requested", "approve"): "approved",
    ("requested", "pay"): "paid",
    ("approved", "pay"): "paid",
    ("requested", "give_back"): "returned",
    ("approved", "give_back"): "returned",
}
WITH = {
    "approve": {"by": None, "at": timezone.now()},
    "pay": {"by": None, "at": timezone.now(), "provider_id": "1"},
    "give_back": {"by": None, "at": timezone.now(), "reason": "x"},
}


@pytest.mark.parametrize(("state", "move"), every_move(Withdrawal, "state"))
def test_every_move_from_every_state(state, move):
    assert outcome(Withdrawal(state=state), "state", move, **WITH[move]) == MOVES.get((state, move))
