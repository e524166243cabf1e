"""Stopping new purchases: by hand, by what a budget asks, until somebody lifts it or the month ends."""

from datetime import UTC, datetime

import pytest

from accounts.models import Event, Message
from accounts.permissions import Role
from config.errors import NotAllowed, NotFound
from config.jobs import run_due
from config.states import MoveRefused
from finance.models import PurchaseStop
from finance.services import purchase_stops as stops
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_operator, make_relationship, owner_of
from tests.finance.funds import mover
from tests.finance.limiting import MAY, budget

pytestmark = pytest.mark.django_db
JUNE = datetime(2031, 5, 31, 16, tzinfo=UTC)  # its first moment in Beijing


@pytest.fixture
def link(manager, member):
    return make_relationship(manager, member)


def stop(link, **more):
    return stops.stop_purchases(actor=mover(link.manager), relationship_id=link.pk, now=MAY, **more)


def asked(link, *, ask=True):
    [made] = stops.impose_stops(budget=budget(link.manager), links=[link], ask=ask, at=MAY)
    return made


def may_buy(link, at=MAY):
    return not stops.stops_on(account=link.member, at=at)


def test_a_manager_stops_and_allows_purchases_and_the_member_hears_of_both(link, member):
    stop(link, reason="季度预算已用完")
    assert not may_buy(link)
    with pytest.raises(stops.StoppedAlready):
        stop(link)
    stops.allow_purchases(actor=mover(link.manager), relationship_id=link.pk, now=MAY)
    assert may_buy(link)
    with pytest.raises(stops.NotStopped):
        stops.allow_purchases(actor=mover(link.manager), relationship_id=link.pk)
    run_due()
    messages = Message.objects.filter(user=owner_of(member), event__kind__startswith="purchase.").order_by("pk")
    assert [message.event.kind for message in messages] == ["purchase.stopped", "purchase.allowed"]
    assert "季度预算已用完" in messages[0].body


def test_what_a_budget_asks_waits_for_the_manager(link, member):
    waiting = asked(link)
    assert may_buy(link)
    assert not Event.objects.filter(counterpart=member, kind__startswith="purchase.").exists()
    stops.approve_stop(actor=mover(link.manager), stop_id=waiting.pk, now=MAY)
    assert not may_buy(link)
    with pytest.raises(MoveRefused):
        stops.decline_stop(actor=mover(link.manager), stop_id=waiting.pk)
    lifted = stops.lift_stop(actor=mover(link.manager), stop_id=waiting.pk, now=MAY)
    again = stops.lift_stop(actor=mover(link.manager), stop_id=waiting.pk)
    assert (lifted.state, again.ended_at) == ("lifted", MAY)


def test_declined_buying_goes_on(link):
    waiting = asked(link)
    declined = stops.decline_stop(actor=mover(link.manager), stop_id=waiting.pk, now=MAY)
    assert (declined.state, declined.ended_at, may_buy(link)) == ("declined", MAY, True)


def test_a_budget_that_stops_overrules_one_that_asks(link):
    waiting = asked(link)
    assert asked(link, ask=False) == waiting
    assert not may_buy(link)
    assert stops.impose_stops(budget=budget(link.manager), links=[link], ask=True, at=MAY) == []


def test_by_hand_what_was_asked_is_decided(link):
    waiting = asked(link)
    made = stop(link)
    waiting.refresh_from_db()
    assert (waiting.state, made.state, made.budget) == ("declined", "active", None)


def test_a_stop_of_a_budget_ends_with_its_month_and_one_by_hand_does_not(link, manager):
    by_hand = make_relationship(manager, make_account())
    stop(by_hand)
    held = asked(link, ask=False)
    assert (may_buy(link), may_buy(link, at=JUNE), may_buy(by_hand, at=JUNE)) == (False, True, False)
    assert [stops.lift_overdue(now=at) for at in (MAY, JUNE, JUNE)] == [0, 1, 0]
    held.refresh_from_db()
    assert (held.state, held.ended_at) == ("lifted", JUNE)
    asked(link)
    assert stops.lift_overdue(now=JUNE) == 1


def test_nobody_stops_anybody_after_dissolving(link):
    held = stop(link)
    dissolve(link)
    held.refresh_from_db()
    assert (held.state, may_buy(link)) == ("lifted", True)
    with pytest.raises(stops.NotLinked):
        stop(link)


def test_partners_decide_for_themselves(manager, member):
    link = make_relationship(manager, member, kind="partner")
    with pytest.raises(stops.GroupStopsOnly):
        stop(link)
    assert stops.impose_stops(budget=budget(manager), links=[link], ask=False, at=MAY) == []


def test_only_the_manager_decides(link, member, stranger):
    waiting, viewer = asked(link), make_operator(link.manager, Role.VIEWER)
    for actor, refusal in (
        (mover(member), NotFound),
        (mover(stranger), NotFound),
        (acting(link.manager, viewer), NotAllowed),
    ):
        for act in (stops.approve_stop, stops.decline_stop, stops.lift_stop):
            with pytest.raises(refusal):
                act(actor=actor, stop_id=waiting.pk)
        for act in (stops.stop_purchases, stops.allow_purchases):
            with pytest.raises(refusal):
                act(actor=actor, relationship_id=link.pk)
    assert PurchaseStop.objects.get().state == "asked"
