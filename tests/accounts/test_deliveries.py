"""From an event to what arrives: at the right place, once, not too late, and again when staff ask for it."""

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Account, Delivery, Event, Invitation, Message, OneTimeCode, ShortLink, User
from accounts.permissions import P2
from accounts.services import deliveries, invitations
from accounts.services.deliveries import AlreadyClosed, announce, resend_delivery
from accounts.services.relationships import request_change
from accounts.terms import Terms
from config import outbox
from config.errors import NotAllowed
from config.jobs import enqueue, run_due
from config.models import Job
from config.states import MoveRefused
from tests.accounts.happenings import happen, staff
from tests.accounts.post import SITE, items, link_of, one, tell, tokens
from tests.factories import acting, clear, make_invitation, make_operator, make_relationship, owner_of
from tests.racing import race

pytestmark = [pytest.mark.usefixtures("cheap_hashes"), pytest.mark.django_db]
State = Delivery.State


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE
    settings.EMAIL_BACKEND = "config.outbox.EmailBackend"


# Who gets what


@pytest.mark.rule("K4.6")
def test_an_invitation_goes_out_by_mail_and_text_each_with_its_own_short_link(manager, member):
    invitation = make_invitation(manager, member)
    run_due()
    (letter,), (text,) = items("mail"), items("sms")
    assert letter.to == member.email
    assert text.to == owner_of(member).mobile
    (by_mail,), (by_text,) = set(tokens(letter.text)), set(tokens(text.text))
    assert by_mail != by_text
    assert {link_of(token).invitation for token in (by_mail, by_text)} == {invitation}
    assert [link_of(token).channel for token in (by_mail, by_text)] == ["mail", "sms"]
    assert f"{SITE}/s/{by_mail}/" in letter.html
    told = Message.objects.get(user=owner_of(member))
    assert manager.enterprise.name in told.title
    assert told.link.startswith("/")
    assert {row.state for row in Delivery.objects.all()} == {State.SENT}


@pytest.mark.rule("K7.3")
@pytest.mark.parametrize("door", ["finance", "directory"])
def test_a_change_of_permissions_goes_out_by_mail_and_text_like_an_invitation(manager, member, door):
    link = make_relationship(manager, member)
    run_due()
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{link.pk}")
    terms = Terms.asked(P2) if door == "finance" else Terms.asked(console="administrator")
    request_change(actor=acting(manager), relationship_id=link.pk, terms=terms, door=door)
    before = len(outbox.items())
    run_due()
    new = outbox.items()[: len(outbox.items()) - before]
    assert {item.channel: item.to for item in new} == {"mail": member.email, "sms": owner_of(member).mobile}
    question = link.invitations.open().get()
    assert all(link_of(token).invitation == question for item in new for token in tokens(item.text))
    assert Message.objects.filter(user=owner_of(member), event__kind="change.sent").exists()


def test_without_a_registration_address_the_owners_get_the_letter(manager, member):
    Account.objects.filter(pk=member.pk).update(email=None)
    second = make_operator(member, "owner")
    make_operator(member, "viewer")
    make_invitation(manager, member)
    run_due()
    assert {item.to for item in items("mail")} == {owner_of(member).email, second.email}
    assert {item.to for item in items("sms")} == {owner_of(member).mobile, second.mobile}


def test_the_texts_to_several_owners_all_keep_working(manager, member):
    make_operator(member, "owner")
    make_invitation(manager, member)
    run_due()
    links = [link_of(token) for item in items("sms") for token in tokens(item.text)]
    assert len(links) == 2
    assert not [link for link in links if link.revoked_at]


def test_without_any_personal_address_the_senders_registration_address_gets_the_answer(manager, member):
    User.objects.filter(pk=owner_of(manager).pk).update(email=None)
    invitation = make_invitation(manager, member)
    invitations.refuse_invitation(actor=acting(member), invitation_id=invitation.pk)
    run_due()
    assert Delivery.objects.get(letter="refused").user is None
    assert manager.email in {item.to for item in items("mail")}


def test_what_concerns_a_person_alone_never_goes_to_an_account(manager, member):
    happen("operator.added", manager, member)
    run_due()
    assert items("mail") == []
    assert [item.to for item in items("sms")] == ["13712345678"]


def test_somebody_who_is_locked_out_gets_nothing(manager, member):
    User.objects.filter(pk=owner_of(member).pk).update(is_active=False)
    Account.objects.filter(pk=member.pk).update(email=None)
    make_invitation(manager, member)
    run_due()
    assert not outbox.items()
    assert not Delivery.objects.exists()


def test_the_sender_and_the_owners_hear_of_the_answer(manager, member):
    clerk = make_operator(manager, "finance")
    invitation = make_invitation(manager, member)
    Invitation.objects.filter(pk=invitation.pk).update(sent_by=clerk)
    invitations.refuse_invitation(actor=acting(member), invitation_id=invitation.pk)
    run_due()
    told = Message.objects.filter(event__kind="invitation.refused").values_list("user", flat=True)
    assert set(told) == {clerk.pk, owner_of(manager).pk}
    assert {clerk.email, owner_of(manager).email} <= {item.to for item in items("mail")}


def test_in_the_admins_eyes_targets_are_masked_and_nothing_of_the_letter_is_kept(manager, member):
    make_invitation(manager, member)
    run_due()
    owner = owner_of(member)
    assert owner.mobile and member.email  # noqa: PT018  (types)
    assert one("sms").target == f"{owner.mobile[:3]}****{owner.mobile[-4:]}"
    assert one("mail").target == f"{member.email[0]}***@example.com"
    secrets = [owner.mobile, member.email, *(token for item in outbox.items() for token in tokens(item.text))]
    assert len(secrets) >= 4
    kept = [str(row) for model in (Delivery, Job, Event, ShortLink, Message) for row in model.objects.values()]
    kept += [str(row.task) for row in OrmQ.objects.all()]
    assert not [secret for secret in secrets if any(secret in row for row in kept)]


# Once


def test_telling_twice_changes_nothing(manager, member):
    make_invitation(manager, member)
    event = Event.objects.get(kind="invitation.sent")
    assert len(announce(event_id=event.pk)) == 2
    assert announce(event_id=event.pk) == []
    run_due()
    assert len(outbox.items()) == 2
    assert Message.objects.count() == 1


def test_a_delivery_that_has_left_is_left_alone(manager, member):
    make_invitation(manager, member)
    run_due()
    for delivery in Delivery.objects.all():
        enqueue(deliveries.JOB, delivery=delivery.pk)
    run_due()
    assert len(outbox.items()) == 2
    assert {row.attempts for row in Delivery.objects.all()} == {1}


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_with_one_text_only_one_sends_it(manager, member):
    make_invitation(manager, member)
    tell()
    pk = one("sms").pk

    def deliver(number):
        return deliveries.deliver(delivery_id=pk, reference=f"job-{number}", asked_at=timezone.now())

    race(4, deliver)
    assert len(items("sms")) == 1


# Too late


@pytest.mark.rule("K4.9")
def test_a_letter_for_a_closed_question_is_not_sent(manager, member):
    invitation = make_invitation(manager, member)
    tell()
    invitations.withdraw_invitation(actor=acting(manager), invitation_id=invitation.pk)
    run_due()
    assert {row.problem for row in Delivery.objects.filter(letter="invitation")} == {"closed"}
    assert not ShortLink.objects.exists()
    assert [item.subject for item in items("mail")] != []  # that it was withdrawn
    assert not items("sms")


def test_a_letter_about_something_that_is_gone_is_not_sent(manager, member):
    happen("operator.added", manager, member)
    tell()
    manager.operators.filter(user__mobile="13712345678").delete()
    run_due()
    assert {row.problem for row in Delivery.objects.filter(letter="operator_added")} == {"gone"}


def test_a_number_that_was_taken_back_gets_nothing(manager, member):
    make_invitation(manager, member)
    tell()
    User.objects.filter(pk=owner_of(member).pk).update(mobile=None)
    run_due()
    assert (one("sms").state, one("sms").problem) == (State.FAILED, "no_address")


# Sending again


@pytest.mark.rule("K4.9")
def test_sending_the_invitation_again_replaces_every_old_link(manager, member):
    invitation = make_invitation(manager, member)
    run_due()
    old = [link_of(token) for item in outbox.items() for token in set(tokens(item.text))]
    invitations.resend_invitation(actor=acting(manager), invitation_id=invitation.pk)
    run_due()
    new = [link_of(token) for item in outbox.items()[:2] for token in set(tokens(item.text))]
    assert len(old) == len(new) == 2
    assert all(ShortLink.objects.get(pk=link.pk).revoked_at for link in old)
    assert not any(link.revoked_at for link in new)
    assert Message.objects.filter(user=owner_of(member)).count() == 1


@pytest.mark.rule("K4.9")
def test_staff_send_one_letter_again_and_its_old_link_is_replaced(manager, member):
    make_invitation(manager, member)
    run_due()
    (old,) = set(tokens(items("mail")[0].text))
    (text,) = set(tokens(items("sms")[0].text))
    actor = staff()
    resend_delivery(actor=actor, delivery_id=one("mail").pk)
    assert one("mail").state == State.QUEUED
    run_due()
    assert len(items("mail")) == 2
    assert items("mail")[0].facts["id"] != items("mail")[1].facts["id"]
    assert link_of(old).revoked_at is not None
    assert link_of(text).revoked_at is None
    assert (one("mail").state, one("mail").attempts) == (State.SENT, 1)
    event = Event.objects.get(kind="delivery.resent")
    assert (event.actor, event.account, event.subject_id) == (actor.user, member, one("mail").pk)
    assert event.facts == {"letter": "invitation", "channel": "mail"}


@pytest.mark.rule("K4.6", "K4.9")
def test_a_text_sent_again_to_one_owner_leaves_those_of_the_others_alone(manager, member):
    make_operator(member, role="owner")
    invitation = make_invitation(manager, member)
    run_due()
    first, second = Delivery.objects.filter(channel="sms").order_by("pk")
    resend_delivery(actor=staff(), delivery_id=first.pk)
    run_due()
    standing = ShortLink.objects.filter(channel="sms", revoked_at=None)
    assert sorted(link.delivery_id for link in standing) == [first.pk, second.pk]
    assert first.links.count() == 2
    invitations.resend_invitation(actor=acting(manager), invitation_id=invitation.pk)
    run_due()
    assert not standing.filter(delivery__in=[first, second]).exists()
    assert standing.count() == 2


def test_a_failed_text_can_be_sent_again_by_staff_only(manager, member, settings):
    settings.SMS_BACKEND = f"{__name__}.Broken"
    make_invitation(manager, member)
    run_due()
    settings.SMS_BACKEND = "config.outbox.SmsBackend"
    for actor in (acting(manager), acting(member)):
        with pytest.raises(NotAllowed):
            resend_delivery(actor=actor, delivery_id=one("sms").pk)
    resend_delivery(actor=staff(), delivery_id=one("sms").pk)
    run_due()
    assert one("sms").state == State.SENT
    assert len(items("sms")) == 1


def test_what_still_waits_cannot_be_sent_again(manager, member):
    make_invitation(manager, member)
    tell()
    with pytest.raises(MoveRefused):
        resend_delivery(actor=staff(), delivery_id=one("mail").pk)


def test_a_letter_whose_question_is_closed_is_not_sent_again(manager, member):
    invitation = make_invitation(manager, member)
    run_due()
    invitations.refuse_invitation(actor=acting(member), invitation_id=invitation.pk)
    with pytest.raises(AlreadyClosed):
        resend_delivery(actor=staff(), delivery_id=Delivery.objects.get(letter="invitation", channel="mail").pk)
