"""What the clock brings: ended questions, and what is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation, Message, OneTimeCode
from accounts.permissions import P2
from accounts.services.relationships import request_change
from accounts.terms import Terms
from config.jobs import enqueue, run_due
from tests.factories import acting, clear, make_invitation, make_relationship, owner_of

pytestmark = [pytest.mark.usefixtures("cheap_hashes"), pytest.mark.django_db]
HOUR = timedelta(hours=1)


@pytest.mark.rule("K4.8", "K4.11")
def test_the_clock_closes_what_nobody_answered_and_tells_the_sender(manager, member):
    make_invitation(manager, member, at=timezone.now() - 49 * HOUR)
    enqueue("accounts.expire_invitations")
    run_due()
    assert Invitation.objects.get().state == Invitation.State.EXPIRED
    assert Message.objects.filter(user=owner_of(manager), event__kind="invitation.expired").exists()
    assert Message.objects.filter(user=owner_of(member), event__kind="invitation.expired").exists()


@pytest.mark.rule("K9.4")
def test_a_change_that_a_new_one_replaces_after_its_time_is_told_as_expired(manager, member):
    link = make_relationship(manager, member, at=timezone.now() - 60 * HOUR)
    for at, points in ((timezone.now() - 49 * HOUR, P2), (timezone.now(), ["view_balance"])):
        clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{link.pk}", at)
        request_change(actor=acting(manager), relationship_id=link.pk, terms=Terms.asked(points), now=at)
    run_due()
    assert [row.state for row in link.invitations.filter(purpose="change")] == ["open", "expired"]
    told = Message.objects.filter(event__kind="invitation.expired").values_list("user", flat=True)
    assert set(told) == {owner_of(manager).pk, owner_of(member).pk}


def test_twelve_hours_before_the_end_the_sender_hears_that_nobody_looked(manager, member):
    make_invitation(manager, member, at=timezone.now() - 37 * HOUR)
    for _turn in range(2):
        enqueue("accounts.expire_invitations")
        run_due()
    assert Message.objects.filter(user=owner_of(manager), event__kind="invitation.unopened").count() == 1


def test_old_codes_and_ended_log_ins_are_forgotten(manager, browse):
    old, new = (clear(owner_of(manager), "invite", at=timezone.now() - timedelta(days=days)) for days in (31, 29))
    browse(manager)
    session = owner_of(manager).sessions.get()
    session.expire_date = timezone.now() - HOUR
    session.save(update_fields=["expire_date"])
    enqueue("accounts.forget")
    run_due()
    assert list(OneTimeCode.objects.values_list("pk", flat=True)) == [new.pk]
    assert old.pk != new.pk
    assert not owner_of(manager).sessions.exists()
