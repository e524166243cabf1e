"""Money in: announced, confirmed by staff, closed in time; never credited twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor, Door, StaffOnly
from accounts.permissions import Role
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.states import MoveRefused
from finance import policy
from finance.models import TopUp, Transfer
from finance.services import top_ups
from finance.services.ledger import KeyReused
from finance.services.top_ups import AmountDiffers, OwnAccount, PaymentUsed, SecondPerson, TooManyWaiting
from tests.factories import UserFactory, acting, make_operator
from tests.finance.funds import books_sum, funds, staff
from tests.finance.paying import announce, confirm, kinds, nothing_moved
from tests.states import every_move, outcome

D = Decimal
LARGE = policy.TOP_UP_FOUR_EYES_FROM
AFTER_LIFE = policy.TOP_UP_LIFE + timedelta(seconds=1)


def test_an_announced_top_up_waits_and_moves_nothing(manager):
    top_up = announce(manager, "1234.50")
    assert (top_up.state, top_up.amount, len(top_up.reference)) == ("waiting", D("1234.50"), 8)
    assert top_up.reference.isdecimal()
    assert kinds(top_up) == ["top_up.announced"]
    assert nothing_moved(manager)


@pytest.mark.parametrize(
    "amount", ["0", "-1", "0.001", "100000000.01", "1e400", "NaN", "Infinity", "-Infinity", "0.00", "1E-9"]
)
def test_an_amount_without_sense_is_refused_in_a_sentence(manager, amount):
    with pytest.raises(InputError) as refused:
        announce(manager, amount)
    assert refused.value.field == "amount"
    assert str(refused.value)
    assert not TopUp.objects.exists()


@pytest.mark.parametrize("channel", ["cash", "gateway", ""])
def test_a_channel_that_is_not_offered_is_refused(manager, channel):
    with pytest.raises(InputError) as refused:
        announce(manager, channel=channel)
    assert refused.value.field == "channel"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.OWNER])
def test_whoever_may_move_funds_announces(manager, role):
    assert announce(manager, actor=acting(manager, make_operator(manager, role))).created_by_id


def test_who_may_only_look_and_who_is_outside_announce_nothing(manager, stranger):
    viewer = make_operator(manager, Role.VIEWER)
    with pytest.raises(NotAllowed):
        announce(manager, actor=acting(manager, viewer))
    with pytest.raises(NotFound):
        announce(manager, actor=acting(stranger))
    assert not TopUp.objects.exists()


def test_the_same_key_answers_the_first_and_other_content_is_refused(manager, stranger):
    first = announce(manager, key="k")
    assert announce(manager, key="k") == first
    assert announce(stranger, key="k") != first
    for more in ({"amount": "100.01"}, {"channel": "gateway"}):
        with pytest.raises(KeyReused):
            announce(manager, key="k", **more)
    long = "x" * 255
    assert announce(manager, key=long) == announce(manager, key=long)
    with pytest.raises(InputError):
        announce(manager, key="")
    assert TopUp.objects.count() == 3


def test_a_bounded_number_waits(manager):
    old = announce(manager, now=timezone.now() - AFTER_LIFE)
    for _ in range(policy.TOP_UPS_WAITING_MAX):
        announce(manager)
    with pytest.raises(TooManyWaiting) as refused:
        announce(manager)
    assert str(policy.TOP_UPS_WAITING_MAX) in str(refused.value)
    top_ups.cancel_top_up(actor=acting(manager), top_up_id=TopUp.objects.exclude(pk=old.pk)[0].pk)
    announce(manager)


def test_a_transfer_below_the_limit_is_credited_by_one_person(manager):
    top_up, by = announce(manager, LARGE - D("0.01")), staff()
    done = confirm(top_up, by, number=" bk 2026-1101 ")
    assert (done.state, done.credited_by, done.confirmed_by) == ("credited", by.user, None)
    assert done.provider_id == "BK2026-1101"
    assert done.transfer.key == f"top-up:{top_up.pk}"
    assert funds(manager).cash == LARGE - D("0.01")
    assert books_sum() == 0
    assert kinds(top_up) == ["top_up.announced", "top_up.credited"]


def test_from_the_limit_on_two_different_people_confirm(manager):
    top_up, first, second = announce(manager, LARGE), staff(), staff()
    assert confirm(top_up, first).state == "confirmed"
    assert nothing_moved(manager)
    with pytest.raises(SecondPerson) as refused:
        confirm(top_up, first)
    assert f"{LARGE:,}" in str(refused.value)
    done = confirm(top_up, second)
    assert (done.state, done.confirmed_by, done.credited_by) == ("credited", first.user, second.user)
    assert funds(manager).cash == LARGE
    assert kinds(top_up) == ["top_up.announced", "top_up.confirmed", "top_up.credited"]


def test_the_two_people_must_have_seen_the_same_payment(manager):
    top_up = announce(manager, LARGE)
    confirm(top_up, number="BK-A")
    with pytest.raises(InputError) as refused:
        confirm(top_up, number="BK-B")
    assert refused.value.field == "bank_reference"
    assert nothing_moved(manager)


@pytest.mark.parametrize("amount", ["100.00", str(LARGE)])
def test_another_amount_than_announced_is_refused_with_both_numbers(manager, amount):
    top_up = announce(manager, amount)
    with pytest.raises(AmountDiffers) as refused:
        confirm(top_up, arrived="99.99")
    assert "99.99" in str(refused.value)
    assert f"{D(amount):,}" in str(refused.value)
    assert TopUp.objects.get().state == "waiting"
    assert nothing_moved(manager)


def test_one_payment_is_credited_once(manager, stranger):
    confirm(announce(manager), number="BK-1")
    for account in (manager, stranger):
        again = announce(account)
        with pytest.raises(PaymentUsed):
            confirm(again, number="bk-1")
    assert (funds(manager).cash, funds(stranger).cash) == (100, 0)


def test_the_database_alone_refuses_a_payment_twice(manager):
    confirm(announce(manager), number="BK-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        TopUp.objects.create(account=manager, channel="bank", amount=1, key="x", provider_id="BK-1")


def test_repeating_a_confirmation_answers_the_first(manager):
    top_up, by = announce(manager), staff()
    assert confirm(top_up, by).transfer_id == confirm(top_up, by).transfer_id
    with pytest.raises(MoveRefused):
        confirm(top_up, staff())
    assert funds(manager).cash == 100
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("number", ["", "   ", "x", "号码-123456", "A" * 65, "AB\x00", "'; --"])
def test_a_number_without_sense_is_refused(manager, number):
    top_up = announce(manager)
    with pytest.raises(InputError) as refused:
        top_ups.confirm_top_up(actor=staff(), top_up_id=top_up.pk, arrived=D(100), bank_reference=number)
    assert refused.value.field == "bank_reference"


def test_only_staff_with_the_permission_confirm_and_close(manager):
    top_up = announce(manager)
    without = Actor(door=Door.STAFF, user=UserFactory.create(is_staff=True))
    console = Actor(door=Door.CONSOLE, user=UserFactory.create(is_staff=True, is_superuser=True), account=manager)
    for actor in (acting(manager), without, console):
        with pytest.raises(StaffOnly):
            confirm(top_up, actor)
        with pytest.raises(StaffOnly):
            top_ups.close_top_up(actor=actor, top_up_id=top_up.pk, reason="x")
        with pytest.raises(StaffOnly):
            top_ups.settle_trouble(actor=actor, top_up_id=top_up.pk, note="x")
    with_it = UserFactory.create(is_staff=True)
    with_it.user_permissions.add(Permission.objects.get(codename="change_topup"))
    assert confirm(top_up, Actor(door=Door.STAFF, user=with_it)).state == "credited"


def test_nobody_confirms_for_an_account_in_which_they_work(manager):
    top_up, by = announce(manager), staff()
    manager.operators.create(user=by.user, role=Role.VIEWER)
    with pytest.raises(OwnAccount):
        confirm(top_up, by)
    assert nothing_moved(manager)


def test_an_account_closes_its_own_and_reads_why_others_were_closed(manager, stranger):
    top_up = announce(manager)
    with pytest.raises(NotFound):
        top_ups.cancel_top_up(actor=acting(stranger), top_up_id=top_up.pk)
    assert top_ups.cancel_top_up(actor=acting(manager), top_up_id=top_up.pk).end == "cancelled"
    assert top_ups.cancel_top_up(actor=acting(manager), top_up_id=top_up.pk).state == "closed"
    other = announce(manager)
    with pytest.raises(InputError):
        top_ups.close_top_up(actor=staff(), top_up_id=other.pk, reason="  ")
    closed = top_ups.close_top_up(actor=staff(), top_up_id=other.pk, reason="户名不符")
    assert (closed.end, closed.closed_reason) == ("refused", "户名不符")
    assert kinds(other) == ["top_up.announced", "top_up.closed"]


def test_what_staff_have_seen_the_account_closes_no_more(manager):
    top_up = announce(manager, LARGE)
    confirm(top_up)
    with pytest.raises(DomainError):
        top_ups.cancel_top_up(actor=acting(manager), top_up_id=top_up.pk)
    assert TopUp.objects.get().state == "confirmed"


def test_a_payment_that_was_seen_at_the_wrong_one_is_free_for_the_right_one(manager):
    wrong, right = announce(manager, LARGE), announce(manager, LARGE)
    confirm(wrong, number="BK-1")
    closed = top_ups.close_top_up(actor=staff(), top_up_id=wrong.pk, reason="other account")
    assert (closed.provider_id, closed.confirmed_by) == (None, None)
    first, second = staff(), staff()
    confirm(right, first, number="BK-1")
    assert confirm(right, second, number="BK-1").state == "credited"
    assert funds(manager).cash == LARGE


def test_a_top_up_past_its_time_reads_as_closed_before_any_job_ran(manager):
    began = timezone.now()
    top_up = announce(manager, now=began)
    last = top_up.expires_at
    assert top_up.state_at(at=last - timedelta(seconds=1)) == "waiting"
    assert top_up.state_at(at=last) == "closed"
    assert TopUp.objects.payable(at=last).count() == 0
    assert TopUp.objects.overdue(at=last).count() == 1
    assert TopUp.objects.payable(at=last - timedelta(seconds=1)).count() == 1


def test_the_job_closes_what_is_overdue_and_nothing_else(manager):
    began = timezone.now()
    old, new = announce(manager, now=began), announce(manager, now=began + timedelta(hours=1))
    seen = announce(manager, LARGE, now=began)
    confirm(seen, now=began)
    assert top_ups.expire_top_ups(now=began + policy.TOP_UP_LIFE) == 1
    assert top_ups.expire_top_ups(now=began + policy.TOP_UP_LIFE) == 0
    states = {pk: (state, end) for pk, state, end in TopUp.objects.values_list("pk", "state", "end")}
    assert states == {old.pk: ("closed", "expired"), new.pk: ("waiting", ""), seen.pk: ("confirmed", "")}


@pytest.mark.parametrize("amount", ["100.00", str(LARGE)])
@pytest.mark.parametrize("tidied", [True, False])
def test_money_that_arrives_after_the_end_is_credited_and_staff_are_told(manager, amount, tidied):
    began = timezone.now()
    top_up, late = announce(manager, amount, now=began), began + AFTER_LIFE
    if tidied:
        top_ups.expire_top_ups(now=late)
    for _ in range(2 if top_up.needs_two else 1):
        done = confirm(top_up, now=late)
    assert (done.state, funds(manager).cash) == ("credited", D(amount))
    assert kinds(top_up)[-2:] == ["top_up.arrived_late", "top_up.credited"]


def test_the_list_of_an_account_holds_its_own_only(manager, stranger):
    own, _other = announce(manager), announce(stranger)
    assert list(TopUp.objects.visible_to(manager)) == [own]


MOVES = {
    ("waiting", "confirm"): "confirmed",
    ("closed", "confirm"): "confirmed",
    ("waiting", "credit"): "credited",
    ("confirmed", "credit"): "credited",
    ("closed", "credit"): "credited",
    ("waiting", "close"): "closed",
    ("confirmed", "close"): "closed",
}
WITH = {
    "confirm": {"by": None, "at": timezone.now(), "provider_id": "1"},
    "credit": {"by": None, "at": timezone.now(), "provider_id": "1"},
    "close": {"at": timezone.now(), "end": "refused"},
}


@pytest.mark.parametrize(("state", "move"), every_move(TopUp, "state"))
def test_every_move_from_every_state(state, move):
    assert outcome(TopUp(state=state), "state", move, **WITH[move]) == MOVES.get((state, move))
