"""Low-balance thresholds: by oneself, in bulk by a manager, one message for each crossing, to the right people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, Message
from accounts.permissions import Point, Role
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from finance.models import BalanceAlert
from finance.services.alerts import BalanceHidden, check_alerts, clear_alert, set_alert, set_alerts
from finance.services.credit import grant_credit
from finance.services.funds_watch import watch_event
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_operator, make_relationship, owner_of
from tests.finance.funds import D, allot, mover, recall, spend, staff, top_up
from tests.finance.limiting import MAY, entrust

pytestmark = pytest.mark.django_db


def watch(account, amount="100.00", **more):
    return set_alert(actor=mover(account), account=account, threshold=D(amount), **more)


def told():
    return list(Event.objects.filter(kind="balance.low").order_by("pk"))


@pytest.mark.rule("A2.11")
def test_one_message_for_each_crossing(manager):
    top_up(manager, "150.00")
    watch(manager)
    assert check_alerts() == 0
    spend(manager, "50.01")
    assert [check_alerts() for _time in range(3)] == [1, 0, 0]
    assert [(event.account, event.facts["available"], event.facts["threshold"]) for event in told()] == [
        (manager, "99.99", "100.00")
    ]
    top_up(manager, "0.01")
    assert check_alerts() == 0
    assert BalanceAlert.objects.get().below_since is None
    spend(manager, "1.00")
    assert check_alerts() == 1
    assert len(told()) == 2


def test_what_is_low_already_is_told_at_once_and_a_new_threshold_tells_nothing_twice(manager):
    top_up(manager, "50.00")
    alert = watch(manager, now=MAY)
    assert alert.below_since == MAY
    watch(manager, "80.00")
    assert len(told()) == 1
    assert watch(manager, "40.00").below_since is None
    assert Event.objects.filter(kind="alert.set").count() == 3
    assert BalanceAlert.objects.count() == 1


def test_the_days_left_come_with_it(manager):
    top_up(manager, "150.00")
    watch(manager)
    spend(manager, "60.00")
    check_alerts()
    assert told()[0].facts["days"] == 1  # 90.00 are left, 60.00 were spent on the only day


@pytest.mark.rule("A2.11", "K1.2")
def test_a_manager_watches_many_members_where_it_may_see_the_balance(manager, member):
    shown = make_relationship(manager, member)
    hidden = make_relationship(manager, make_account(), kind="partner", points=[Point.VIEW_BILLS])
    rows = set_alerts(
        actor=mover(manager), account=manager, relationship_ids=[shown.pk, hidden.pk], threshold=D("10.00")
    )
    assert [(row.relationship, row.alert is not None, type(row.error)) for row in rows] == [
        (shown, True, type(None)),
        (hidden, False, BalanceHidden),
    ]
    assert [(event.account, event.counterpart) for event in told()] == [(member, manager)]


@pytest.mark.rule("A2.11")
def test_a_trusteed_member_is_never_told_and_its_payer_is(manager, member):
    link = make_relationship(manager, member)
    entrust(link, since=timezone.now())
    watch(member)
    set_alerts(actor=mover(manager), account=manager, relationship_ids=[link.pk], threshold=D("10.00"))
    run_due()
    assert {(event.account, event.counterpart) for event in told()} == {(manager, None)}
    assert Message.objects.filter(user=owner_of(manager), event__kind="balance.low").count() == 2
    assert not Message.objects.filter(user=owner_of(member), event__kind="balance.low").exists()


def test_owners_and_finance_operators_of_both_sides_have_the_message_and_viewers_have_not(manager, member):
    link = make_relationship(manager, member)
    people = {owner_of(manager), owner_of(member), make_operator(manager, Role.FINANCE)}
    viewer = make_operator(manager, Role.VIEWER)
    set_alerts(actor=mover(manager), account=manager, relationship_ids=[link.pk], threshold=D("10.00"))
    run_due()
    found = Message.objects.filter(event__kind="balance.low")
    assert {message.user for message in found} == people
    assert found.count() == 3
    assert viewer not in {message.user for message in Message.objects.all()}


def test_money_that_moves_is_looked_at_without_waiting(manager, member):
    link = make_relationship(manager, member)
    top_up(manager, "500.00")
    watch(manager, "400.00")
    allot(link, "200.00")
    watch(member, "150.00")
    run_due()
    assert [event.account for event in told()] == [manager]
    recall(link, "100.00")
    run_due()
    assert [event.account for event in told()] == [manager, member]
    watch_event(event_id=Event.objects.filter(kind="funds.recalled").get().pk)
    assert len(told()) == 2


@pytest.mark.rule("K1.2")
def test_who_may_no_longer_see_the_balance_is_told_nothing(manager, member):
    link = make_relationship(manager, member)
    top_up(member, "50.00")
    set_alerts(actor=mover(manager), account=manager, relationship_ids=[link.pk], threshold=D("10.00"))
    link.points = [Point.VIEW_BILLS]
    link.save(update_fields=["points"])
    spend(member, "45.00")
    assert check_alerts() == 0
    dissolve(link)
    assert not BalanceAlert.objects.exists()


def test_only_who_moves_funds_sets_alerts_and_only_on_its_own_members(manager, member, stranger):
    link, viewer = make_relationship(manager, member), make_operator(manager, Role.VIEWER)
    with pytest.raises(NotAllowed):
        set_alert(actor=acting(manager, viewer), account=manager, threshold=D("1.00"))
    with pytest.raises(NotFound):
        set_alert(actor=mover(stranger), account=manager, threshold=D("1.00"))
    with pytest.raises(NotFound):
        set_alerts(actor=mover(stranger), account=stranger, relationship_ids=[link.pk], threshold=D("1.00"))
    for wrong in ("0.00", "-1.00"):
        with pytest.raises(InputError):
            watch(manager, wrong)
    alert = watch(manager, "1.00")
    with pytest.raises(NotFound):
        clear_alert(actor=mover(stranger), alert_id=alert.pk)
    clear_alert(actor=mover(manager), alert_id=alert.pk)
    clear_alert(actor=mover(manager), alert_id=alert.pk)
    assert Event.objects.filter(kind="alert.cleared").count() == 1


def test_credit_past_its_end_is_not_available(manager):
    grant_credit(actor=staff(), account=manager, limit=D("500.00"), expires_at=MAY, now=MAY - timedelta(days=9))
    watch(manager, now=MAY - timedelta(days=1))
    assert check_alerts(now=MAY - timedelta(seconds=1)) == 0
    assert check_alerts(now=MAY) == 1
