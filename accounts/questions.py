"""The mechanics of a question put to a member: opened, locked, judged, ended. The services decide when.

Locking order everywhere: the group graph (where a group place is given), both accounts by id, the relationship, its
invitation. Whether an invitation is still open is judged under the lock, at the moment of the act.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.locks import lock_name, lock_relationship
from accounts.models import Invitation, Relationship
from accounts.permissions import Right
from accounts.targets import GROUP_GRAPH
from accounts.terms import Terms
from config.errors import DomainError, NotFound


class InvitationClosed(DomainError):
    """Answered, withdrawn or past its 48 hours (K4.8, K4.9); `state` says which."""

    code = "invitation_closed"
    rule = "K4.9"

    _SENTENCES = {
        Invitation.State.ACCEPTED: _("This invitation has already been accepted."),
        Invitation.State.REFUSED: _("This invitation has been refused."),
        Invitation.State.EXPIRED: _("This invitation expired. It was valid for 48 hours."),
        Invitation.State.WITHDRAWN: _("This invitation was withdrawn by the account that sent it."),
        Invitation.State.VOID: _("This request is void, because the relationship has ended."),
    }

    def __init__(self, state: str) -> None:
        super().__init__(self._SENTENCES.get(Invitation.State(state), self.sentence))
        self.state = state


def right_for(door: str) -> Right:
    """Which right the door asks of the manager's operator."""
    return Right.MANAGE_DIRECTORY if door == Invitation.Door.DIRECTORY else Right.MANAGE_LINKS


def open_question(
    relationship: Relationship, terms: Terms, actor: Actor, *, purpose: str, door: str, at: datetime
) -> Invitation:
    """One open question on a relationship that the caller has locked."""
    return Invitation.objects.create(
        relationship=relationship,
        purpose=purpose,
        door=door,
        points=terms.points,
        inherits=terms.inherits,
        console_role=terms.console_role,
        sent_by=actor.user,
        sent_at=at,
        expires_at=at + policy.INVITATION_LIFE,
    )


def lock_question(invitation_id: int, *, giving_place: bool = False) -> Invitation:
    """Locks accounts, relationship and invitation in this order, before them the group graph where a place may be
    given; answers the invitation with all of them, freshly read. Raises NotFound."""
    rows = Invitation.objects.filter(pk=invitation_id).values_list("relationship_id", "relationship__kind")
    if (found := rows.first()) is None:
        raise NotFound()
    relationship_id, kind = found
    if giving_place and kind == Relationship.Kind.GROUP:
        lock_name(GROUP_GRAPH)
    relationship = lock_relationship(relationship_id=relationship_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    invitation.relationship = relationship
    return invitation


def refuse_closed(invitation: Invitation, at: datetime) -> None:
    if not invitation.is_open(at=at):
        raise InvitationClosed(invitation.state_at(at))


def end_question(invitation: Invitation, end: str, at: datetime) -> None:
    relationship = invitation.relationship
    if invitation.purpose == Invitation.Purpose.LINK:
        relationship.reject(end=end, at=at)
    else:
        relationship.drop_change()
    relationship.save(update_fields=["state", "end", "ended_at"])


def close_overdue(relationships: models.QuerySet[Relationship], at: datetime) -> int:
    """An invitation past its time must never stand in the way of a new one (C6)."""
    closed = 0
    for invitation_id in (
        Invitation.objects.overdue(at=at).filter(relationship__in=relationships).values_list("pk", flat=True)
    ):
        invitation = lock_question(invitation_id)
        if invitation.state == Invitation.State.OPEN and not invitation.is_open(at=at):
            invitation.expire(at=at)
            invitation.save(update_fields=["state", "answered_at"])
            end_question(invitation, Relationship.End.EXPIRED, at)
            record_answer("expired", SYSTEM, invitation, at)
            closed += 1
    return closed


def record_answer(what: str, actor: Actor, invitation: Invitation, at: datetime | None = None, **facts: object) -> None:
    """The member's answers are acts of the member, everything else of the manager; both see the event."""
    relationship = invitation.relationship
    by_member = what in {"accepted", "refused", "asked_again"}
    mine, theirs = relationship.manager, relationship.member
    record(
        f"invitation.{what}",
        actor=actor,
        account=theirs if by_member else mine,
        counterpart=mine if by_member else theirs,
        subject=invitation,
        at=at,
        purpose=invitation.purpose,
        kind=relationship.kind,
        **facts,
    )
