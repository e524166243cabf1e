"""Two people answer at once: one wins, the other reads a sentence."""

import pytest

from accounts.models import Invitation, OneTimeCode, Relationship
from accounts.permissions import P1
from accounts.questions import InvitationClosed
from accounts.services.invitations import (
    GroupPlaceTaken,
    accept_invitation,
    refuse_invitation,
    send_invitation,
    withdraw_invitation,
)
from accounts.services.relationships import NotInForce, dissolve_relationship
from accounts.terms import Terms
from config.errors import DomainError, InputError
from tests.factories import acting, clear, make_account, make_invitation, make_relationship, owner_of
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("K4.9")
def test_one_invitation_is_answered_once(manager, member):
    invitation = make_invitation(manager, member)
    answers = [accept_invitation, refuse_invitation, accept_invitation, refuse_invitation]
    results = race(4, lambda number: answers[number](actor=acting(member), invitation_id=invitation.pk))
    assert sum(isinstance(result, Relationship) for result in results) == 1
    assert sum(isinstance(result, InvitationClosed) for result in results) == 3
    assert all(str(result) for result in results if isinstance(result, Exception))


@pytest.mark.rule("K3.4")
def test_of_two_group_invitations_one_gets_the_place(member):
    first, second = (make_invitation(make_account(), member) for _ in range(2))
    both = [first, second]
    results = race(2, lambda number: accept_invitation(actor=acting(member), invitation_id=both[number].pk))
    assert sum(isinstance(result, Relationship) for result in results) == 1
    assert sum(isinstance(result, GroupPlaceTaken) for result in results) == 1
    assert Relationship.objects.in_force().filter(member=member, kind="group").count() == 1


def test_a_circle_of_groups_is_not_closed_from_four_sides():
    ring = [make_account() for _ in range(4)]
    questions = [make_invitation(ring[i], ring[(i + 1) % 4]) for i in range(4)]
    members = [ring[(i + 1) % 4] for i in range(4)]
    results = race(4, lambda n: accept_invitation(actor=acting(members[n]), invitation_id=questions[n].pk))
    assert sum(isinstance(result, Relationship) for result in results) == 3
    assert all(isinstance(result, Relationship | DomainError) for result in results)


def test_one_code_sends_one_invitation(manager):
    targets = [make_account() for _ in range(4)]
    clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{manager.pk}")
    terms = Terms.asked(P1)
    results = race(
        4,
        lambda n: send_invitation(
            actor=acting(manager), manager=manager, identifier=targets[n].username, kind="partner", terms=terms
        ),
    )
    assert sum(isinstance(result, Invitation) for result in results) == 1
    assert Invitation.objects.count() == 1


def test_one_target_is_invited_once(manager, member):
    for _ in range(4):
        clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{manager.pk}")
    results = race(
        4,
        lambda _n: send_invitation(
            actor=acting(manager), manager=manager, identifier="member", kind="group", terms=Terms.asked(P1)
        ),
    )
    assert sum(isinstance(result, Invitation) for result in results) == 1
    assert sum(isinstance(result, InputError) for result in results) == 3


def test_accepting_races_withdrawing(manager, member):
    invitation = make_invitation(manager, member)
    acts = [
        lambda: accept_invitation(actor=acting(member), invitation_id=invitation.pk),
        lambda: withdraw_invitation(actor=acting(manager), invitation_id=invitation.pk),
    ]
    results = race(2, lambda number: acts[number]())
    assert sum(isinstance(result, Relationship) for result in results) == 1
    stored = Invitation.objects.select_related("relationship").get()
    ends = {"accepted": "established", "withdrawn": "rejected"}
    assert stored.relationship.state == ends[stored.state]


@pytest.mark.rule("K8.10")
def test_dissolving_twice_ends_it_once(manager, member):
    relationship = make_relationship(manager, member)
    for _ in range(4):
        clear(owner_of(manager), OneTimeCode.Purpose.DISSOLVE, f"relationship:{relationship.pk}")
    results = race(4, lambda _n: dissolve_relationship(actor=acting(manager), relationship_id=relationship.pk))
    assert sum(isinstance(result, Relationship) for result in results) == 1
    assert sum(isinstance(result, NotInForce) for result in results) == 3
