"""Inviting and answering, through the services."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Account, Event, Invitation, OneTimeCode, Relationship
from accounts.permissions import P1, P2, ConsoleRole, Point, Role
from accounts.questions import InvitationClosed
from accounts.services import invitations
from accounts.services.codes import CodeNeeded
from accounts.standing import Shown, standing_of
from accounts.targets import check_target
from accounts.terms import Terms
from config.errors import InputError, NotAllowed, NotFound
from tests.factories import (
    acting,
    clear,
    make_account,
    make_invitation,
    make_operator,
    make_relationship,
    owner_of,
)

HOURS_48 = timedelta(hours=48)
SECOND = timedelta(seconds=1)


def send(manager, identifier, **fields):
    actor = fields.pop("actor", None) or acting(manager)
    clear(actor.user, OneTimeCode.Purpose.INVITE, f"account:{manager.pk}")
    fields.setdefault("kind", "group")
    fields.setdefault("terms", Terms.asked(P1))
    return invitations.send_invitation(actor=actor, manager=manager, identifier=identifier, **fields)


@pytest.mark.rule("K4.3", "K9.3", "K2.2")
@pytest.mark.parametrize("name", ["username", "email"])
def test_the_target_is_named_by_username_or_registration_email(manager, member, name):
    invitation = send(manager, getattr(member, name).upper(), remark="南方")
    assert invitation.relationship.member == member
    assert invitation.relationship.remark == "南方"
    assert invitation.relationship.state == Relationship.State.PENDING
    assert standing_of(invitation.relationship, invitation).shown == Shown.CONFIRMING


@pytest.mark.rule("K4.1")
def test_nothing_is_sent_without_a_passed_code(manager, member):
    with pytest.raises(CodeNeeded):
        invitations.send_invitation(
            actor=acting(manager), manager=manager, identifier=member.username, kind="group", terms=Terms.asked(P1)
        )
    assert not Relationship.objects.exists()


@pytest.mark.rule("K4.1")
def test_a_code_for_another_account_or_purpose_does_not_help(manager, member, stranger):
    clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{stranger.pk}")
    clear(owner_of(manager), OneTimeCode.Purpose.DISSOLVE, f"account:{manager.pk}")
    with pytest.raises(CodeNeeded):
        invitations.send_invitation(
            actor=acting(manager), manager=manager, identifier=member.username, kind="group", terms=Terms.asked(P1)
        )


REFUSED_TARGETS = [
    pytest.param({"certified": Account.Certified.INDIVIDUAL}, "individual", marks=pytest.mark.rule("K3.1")),
    pytest.param({"certified": Account.Certified.NO}, "unverified", marks=pytest.mark.rule("K3.2")),
    pytest.param({"kind": Account.Kind.RESOURCE}, "resource_account", marks=pytest.mark.rule("K13.2")),
]


@pytest.mark.parametrize(("fields", "code"), REFUSED_TARGETS)
@pytest.mark.parametrize("kind", Relationship.Kind.values)
def test_unfit_targets_are_refused_with_the_reason(manager, fields, code, kind):
    target = make_account(**fields)
    with pytest.raises(InputError) as refused:
        send(manager, target.username, kind=kind)
    assert refused.value.code == code
    assert refused.value.field == "identifier"
    assert not Relationship.objects.exists()


@pytest.mark.rule("K2.2", "K3.1")
@pytest.mark.parametrize("certified", [Account.Certified.NO, Account.Certified.INDIVIDUAL])
def test_only_a_verified_enterprise_invites(member, certified):
    unverified = make_account(certified=certified)
    with pytest.raises(InputError) as refused:
        send(unverified, member.username)
    assert refused.value.code == "manager_not_enterprise"


def test_an_unknown_name_gets_a_sentence(manager):
    with pytest.raises(InputError) as refused:
        send(manager, "nobody-here")
    assert refused.value.field == "identifier"


def test_an_account_cannot_invite_itself_or_its_own_manager(manager, member):
    with pytest.raises(InputError) as itself:
        send(manager, manager.username)
    assert itself.value.code == "self"
    make_relationship(manager, member)
    with pytest.raises(InputError) as upwards:
        send(member, manager.username, kind="partner")
    assert upwards.value.code == "own_manager"


def test_a_group_has_no_cycles(manager, member, stranger):
    make_relationship(manager, member)
    make_relationship(member, stranger)
    with pytest.raises(InputError) as refused:
        send(stranger, manager.username)
    assert refused.value.code == "group_cycle"
    assert send(stranger, manager.username, kind="partner")


@pytest.mark.rule("K3.3", "K3.4", "K3.5", "K6.2")
def test_one_group_place_but_any_number_of_partners(manager, member, stranger):
    make_relationship(manager, member)
    check = check_target(stranger, member.username)
    assert check.kinds == ["partner"]
    assert manager.name not in str(check.group_problem.sentence)
    with pytest.raises(InputError) as refused:
        send(stranger, member.username, kind="group")
    assert (refused.value.code, refused.value.field) == ("group_place_taken", "kind")
    make_relationship(stranger, member, kind="partner")
    make_relationship(make_account(), member, kind="partner")
    assert Relationship.objects.in_force().filter(member=member).count() == 3


@pytest.mark.rule("K3.3", "K3.4")
def test_partners_take_no_group_place(manager, member, stranger):
    make_relationship(stranger, member, kind="partner")
    assert check_target(manager, member.username).kinds == ["group", "partner"]
    assert make_relationship(manager, member, kind="group").is_in_force
    assert Relationship.objects.in_force().filter(member=member).count() == 2


@pytest.mark.rule("K6.1")
def test_there_are_exactly_two_kinds(manager, member):
    assert set(Relationship.Kind.values) == {"group", "partner"}
    with pytest.raises(InputError) as refused:
        send(manager, member.username, kind="family")
    assert refused.value.field == "kind"


def test_a_waiting_invitation_is_not_sent_twice_but_an_expired_one_never_blocks(manager, member):
    long_ago = timezone.now() - HOURS_48 - SECOND
    make_invitation(manager, member, at=long_ago)
    second = send(manager, member.username)
    assert Relationship.objects.filter(state=Relationship.State.REJECTED, end="expired").count() == 1
    with pytest.raises(InputError) as refused:
        send(manager, member.username)
    assert refused.value.code == "already_invited"
    invitations.accept_invitation(actor=acting(member), invitation_id=second.pk)
    with pytest.raises(InputError) as linked:
        send(manager, member.username)
    assert linked.value.code == "already_linked"


@pytest.mark.rule("K4.7", "K9.4", "K1.2")
def test_accepting_gives_the_rights_in_the_same_moment(manager, member):
    invitation = make_invitation(manager, member, points=P2)
    assert not invitation.relationship.grants(Point.VIEW_BALANCE)
    relationship = invitations.accept_invitation(actor=acting(member), invitation_id=invitation.pk)
    stored = Relationship.objects.get(pk=relationship.pk)
    assert stored.state == Relationship.State.ESTABLISHED
    assert all(stored.grants(point) for point in P2)


@pytest.mark.rule("K4.8", "K4.9")
def test_the_last_second_counts_and_the_next_does_not(manager, member):
    sent_at = timezone.now()
    invitation = make_invitation(manager, member, at=sent_at)
    assert invitation.expires_at - invitation.sent_at == HOURS_48
    with pytest.raises(InvitationClosed) as late:
        invitations.accept_invitation(actor=acting(member), invitation_id=invitation.pk, now=sent_at + HOURS_48)
    assert late.value.state == Invitation.State.EXPIRED
    invitations.accept_invitation(actor=acting(member), invitation_id=invitation.pk, now=sent_at + HOURS_48 - SECOND)


@pytest.mark.rule("K4.10", "K9.5")
def test_refusing_keeps_the_reason_and_gives_nothing(manager, member):
    invitation = make_invitation(manager, member)
    relationship = invitations.refuse_invitation(actor=acting(member), invitation_id=invitation.pk)
    assert (relationship.state, relationship.end) == (Relationship.State.REJECTED, "refused")
    assert not relationship.grants(Point.VIEW_BALANCE)
    with pytest.raises(InvitationClosed):
        invitations.accept_invitation(actor=acting(member), invitation_id=invitation.pk)


@pytest.mark.rule("K4.11", "K9.1", "K9.5")
def test_silence_for_48_hours_is_a_refusal_with_or_without_a_worker(manager, member):
    sent_at = timezone.now() - HOURS_48
    invitation = make_invitation(manager, member, at=sent_at)
    untidied = standing_of(invitation.relationship, invitation)
    assert untidied.shown == Shown.NOT_ESTABLISHED
    assert invitations.expire_invitations() == 1
    assert invitations.expire_invitations() == 0
    relationship = Relationship.objects.get()
    assert (relationship.state, relationship.end) == (Relationship.State.REJECTED, "expired")
    assert standing_of(relationship, None).shown == Shown.NOT_ESTABLISHED


def test_the_manager_takes_an_invitation_back(manager, member, stranger):
    invitation = make_invitation(manager, member)
    with pytest.raises(NotFound):
        invitations.withdraw_invitation(actor=acting(stranger), invitation_id=invitation.pk)
    relationship = invitations.withdraw_invitation(actor=acting(manager), invitation_id=invitation.pk)
    assert (relationship.state, relationship.end) == (Relationship.State.REJECTED, "withdrawn")
    with pytest.raises(InvitationClosed) as closed:
        invitations.accept_invitation(actor=acting(member), invitation_id=invitation.pk)
    assert closed.value.state == Invitation.State.WITHDRAWN


@pytest.mark.rule("K4.10", "K8.2")
@pytest.mark.parametrize("answer", [invitations.accept_invitation, invitations.refuse_invitation])
def test_only_an_owner_of_the_invited_account_answers(manager, member, stranger, answer):
    invitation = make_invitation(manager, member)
    for outsider in (manager, stranger):
        with pytest.raises(NotFound):
            answer(actor=acting(outsider), invitation_id=invitation.pk)
    for role in (Role.FINANCE, Role.VIEWER):
        with pytest.raises(NotAllowed):
            answer(actor=acting(member, make_operator(member, role)), invitation_id=invitation.pk)
    assert Invitation.objects.get(pk=invitation.pk).state == Invitation.State.OPEN


def test_a_group_place_taken_meanwhile_is_noticed_at_acceptance(manager, member, stranger):
    first, second = make_invitation(manager, member), make_invitation(stranger, member)
    invitations.accept_invitation(actor=acting(member), invitation_id=first.pk)
    with pytest.raises(invitations.GroupPlaceTaken):
        invitations.accept_invitation(actor=acting(member), invitation_id=second.pk)
    assert Invitation.objects.get(pk=second.pk).state == Invitation.State.OPEN


@pytest.mark.rule("K1.3", "K6.4", "K6.5")
def test_inheritance_needs_one_enterprise_and_the_members_own_tick(manager, member):
    sister = make_account(enterprise=manager.enterprise)
    with pytest.raises(InputError) as refused:
        send(manager, member.username, terms=Terms.asked(P1, ["discount"]))
    assert refused.value.field == "inherits"
    invitation = send(manager, sister.username, terms=Terms.asked(P1, ["discount", "credit"]))
    relationship = invitations.accept_invitation(
        actor=acting(sister), invitation_id=invitation.pk, inherits=["discount", "something else"]
    )
    assert relationship.inherits == ["discount"]


@pytest.mark.rule("K4.4", "K12.7")
def test_console_access_is_asked_for_in_the_directory_and_within_a_group_only(manager, member):
    with_console = Terms.asked([], console=ConsoleRole.ADMINISTRATOR)
    with pytest.raises(InputError):
        send(manager, member.username, terms=Terms.asked(P1, console=ConsoleRole.ADMINISTRATOR))
    with pytest.raises(InputError):
        send(manager, member.username, kind="partner", terms=with_console, door="directory")
    with pytest.raises(InputError):
        send(manager, member.username, terms=Terms.asked(P1, console=ConsoleRole.ADMINISTRATOR), door="directory")
    invitation = send(manager, member.username, terms=with_console, door="directory")
    relationship = invitations.accept_invitation(actor=acting(member), invitation_id=invitation.pk)
    assert (relationship.console_role, relationship.points) == (ConsoleRole.ADMINISTRATOR, [])


@pytest.mark.rule("K6.6", "K6.7", "K7.6")
def test_operating_contains_viewing(manager, member):
    invitation = send(manager, member.username, kind="partner", terms=Terms.asked([Point.REPAY_STATEMENT]))
    assert set(invitation.points) == P1 | {Point.REPAY_STATEMENT}
    assert set(Terms.asked(P2).points) == set(P2)


def test_an_invitation_asks_for_something(manager, member):
    with pytest.raises(InputError) as refused:
        send(manager, member.username, terms=Terms())
    assert refused.value.field == "points"


def test_viewers_cannot_invite_and_strangers_find_nothing(manager, member, stranger):
    with pytest.raises(NotAllowed):
        send(manager, member.username, actor=acting(manager, make_operator(manager, Role.VIEWER)))
    with pytest.raises(NotFound):
        send(manager, member.username, actor=acting(stranger))


def test_every_change_leaves_one_event_for_both_sides(manager, member):
    make_relationship(manager, member)
    kinds = list(Event.objects.about(member).values_list("kind", flat=True))
    assert kinds == ["invitation.accepted", "invitation.sent"]
    assert list(Event.objects.about(manager).values_list("kind", flat=True)) == kinds
