"""What stands before a change of permissions: a code of its own, and a link that is in force."""

import pytest

from accounts.models import Account, OneTimeCode, Relationship
from accounts.permissions import P1, P2
from accounts.services.codes import CodeNeeded
from accounts.services.relationships import NotInForce, request_change
from accounts.terms import Terms
from tests.accounts.linking import may_change
from tests.factories import acting, clear, make_invitation, make_relationship, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def ask(relationship: Relationship) -> Relationship:
    actor = acting(relationship.manager)
    return request_change(actor=actor, relationship_id=relationship.pk, terms=Terms.asked(P2))


@pytest.mark.rule("K7.3")
def test_a_code_for_another_act_or_another_link_changes_nothing(
    manager: Account, member: Account, stranger: Account
) -> None:
    link, other = make_relationship(manager, member), make_relationship(manager, stranger, kind="partner")
    clear(owner_of(manager), OneTimeCode.Purpose.DISSOLVE, f"relationship:{link.pk}")
    may_change(other)
    with pytest.raises(CodeNeeded):
        ask(link)
    link = Relationship.objects.get(pk=link.pk)
    assert (link.state, set(link.points)) == (Relationship.State.ESTABLISHED, P1)
    assert not link.invitations.open().exists()


@pytest.mark.rule("K7.3")
def test_a_code_is_good_for_one_change(manager: Account, member: Account) -> None:
    link = make_relationship(manager, member)
    may_change(link)
    assert ask(link).state == Relationship.State.CHANGE_PENDING
    assert not OneTimeCode.objects.filter(purpose=OneTimeCode.Purpose.CHANGE_PERMISSIONS, spent_at=None).exists()


@pytest.mark.rule("K7.1", "K9.2")
def test_only_a_link_in_force_can_be_changed(manager: Account, member: Account) -> None:
    waiting = make_invitation(manager, member).relationship
    may_change(waiting)
    with pytest.raises(NotInForce):
        ask(waiting)
    assert waiting.invitations.count() == 1
