"""Sending again, asking again, reminding."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, Invitation
from accounts.services import invitations
from config.errors import DomainError
from config.limits import forget
from tests.factories import acting, make_account, make_invitation

HOURS_48 = timedelta(hours=48)


def test_sending_again_keeps_the_deadline_and_is_limited(transactional_db, manager, member):
    invitation = make_invitation(manager, member)
    for _ in range(6):
        invitations.resend_invitation(actor=acting(manager), invitation_id=invitation.pk)
    with pytest.raises(DomainError) as refused:
        invitations.resend_invitation(actor=acting(manager), invitation_id=invitation.pk)
    assert refused.value.code == "too_many"
    assert Invitation.objects.get(pk=invitation.pk).expires_at == invitation.expires_at
    forget("invitation-resend", str(invitation.pk))


def test_an_ended_invitation_leads_on_to_a_new_one(transactional_db, manager, member):
    invitation = make_invitation(manager, member, at=timezone.now() - HOURS_48)
    invitations.ask_for_another(invitation_id=invitation.pk, address="127.0.0.1")
    assert Event.objects.filter(kind="invitation.asked_again", counterpart=manager).count() == 1
    with pytest.raises(DomainError) as refused:
        invitations.ask_for_another(invitation_id=invitation.pk, address="127.0.0.1")
    assert refused.value.code == "too_many"


def test_an_unopened_invitation_reminds_its_sender_once(manager, member):
    sent_at = timezone.now() - timedelta(hours=37)
    invitation = make_invitation(manager, member, at=sent_at)
    assert invitations.nudge_unopened(now=sent_at + timedelta(hours=35)) == 0
    assert invitations.nudge_unopened() == 1
    assert invitations.nudge_unopened() == 0
    opened = make_invitation(manager, make_account(), at=sent_at)
    link = opened.links.create(digest="d", channel="mail")
    invitations.note_opening(invitation_id=opened.pk, link_id=link.pk)
    assert invitations.nudge_unopened() == 0
    assert invitation.opened_at is None
