"""Inviting an account, and answering: K3, K4, K7.3, K9, with Q-1, Q-17 to Q-20.

Locking order everywhere: the group graph (where a group place is given), both accounts by id, the relationship, its
invitation. Whether an invitation is still open is judged here, under the lock, at the moment of the act.
"""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import limits, policy
from accounts.actors import SYSTEM, Actor, require
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.models import Account, Invitation, OneTimeCode, Relationship
from accounts.permissions import ConsoleRole, Right
from accounts.services.codes import require_clearance
from accounts.targets import GROUP_GRAPH, refuse_unfit, refuse_unfit_terms, unfit_for_group
from accounts.terms import Terms
from config.errors import DomainError, InputError, NotFound


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


class GroupPlaceTaken(DomainError):
    """Meanwhile the member joined another group (Q-18)."""

    code = "group_place_taken"
    rule = "K3.4"
    sentence = _(
        "This account already belongs to an enterprise group, and an account has only one group place. "
        "Ask for a partner invitation instead."
    )


def right_for(door: str) -> Right:
    """Which right the door asks of the manager's operator."""
    return Right.MANAGE_DIRECTORY if door == Invitation.Door.DIRECTORY else Right.MANAGE_LINKS


@transaction.atomic
def send_invitation(
    *,
    actor: Actor,
    manager: Account,
    identifier: str,
    kind: str,
    terms: Terms,
    remark: str = "",
    door: str = Invitation.Door.FINANCE,
    now: datetime | None = None,
) -> Invitation:
    """A pending relationship with one open invitation, valid 48 hours; letters go out after the commit.

    Locks both accounts. The target may be given by user name or registration e-mail (K4.3). A passed code for
    inviting is spent (K4.1). Raises InputError for a target or terms that cannot be, with the rule. K3, K4, K6, K12.7.
    """
    at = now or timezone.now()
    require(actor, right_for(door), manager)
    target = Account.objects.named(identifier).first()
    if target is None:
        raise InputError("identifier", _("There is no account with this user name or registration e-mail."))
    locked = lock_accounts(manager.pk, target.pk)
    manager, target = locked[manager.pk], locked[target.pk]
    _close_overdue(Relationship.objects.filter(manager=manager, member=target), at)
    refuse_unfit(manager, target, kind)
    _refuse_wrong_door(terms, door)
    refuse_unfit_terms(manager, target, kind, terms, door)
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.INVITE, binding=f"account:{manager.pk}", now=at)
    relationship = Relationship.objects.create(
        manager=manager, member=target, kind=kind, remark=remark, created_by=actor.user
    )
    invitation = open_invitation(relationship, Invitation.Purpose.LINK, door, terms, actor, at)
    record("invitation.sent", actor=actor, account=manager, counterpart=target, subject=invitation, kind=kind)
    return invitation


def _refuse_wrong_door(terms: Terms, door: str) -> None:
    """Finance asks for financial rights only, the directory for console access only (K12.4, K12.7, K13.4)."""
    if door == Invitation.Door.FINANCE and terms.console_role != ConsoleRole.NONE:
        raise InputError("console_role", _("Console access is asked for in the resource directory."))
    if door == Invitation.Door.DIRECTORY and (terms.points or terms.inherits):
        raise InputError("points", _("Financial permissions are asked for in Enterprise Finance."))


def open_invitation(
    relationship: Relationship, purpose: str, door: str, terms: Terms, actor: Actor, at: datetime
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


@transaction.atomic
def accept_invitation(
    *, actor: Actor, invitation_id: int, inherits: list[str] | None = None, now: datetime | None = None
) -> Relationship:
    """The relationship is established, or the change in force, and the manager has the asked rights at once (K4.7).

    What is inherited needs the member's own tick: only what `inherits` names (Q-1). Everything that was checked when
    the invitation was sent is checked again under the lock (Q-18). Raises InvitationClosed, GroupPlaceTaken.
    """
    at = now or timezone.now()
    invitation = _locked_for_answer(actor, invitation_id, at, giving_place=True)
    relationship = invitation.relationship
    agreed = Terms.asked(
        invitation.points, [item for item in invitation.inherits if item in (inherits or [])], invitation.console_role
    )
    refuse_unfit_terms(relationship.manager, relationship.member, relationship.kind, agreed, invitation.door)
    invitation.accept(by=actor.user, at=at)
    invitation.save(update_fields=["state", "answered_by", "answered_at"])
    if invitation.purpose == Invitation.Purpose.LINK:
        _refuse_taken_place(relationship)
        relationship.establish(terms=agreed, at=at)
    else:
        relationship.accept_change(terms=agreed)
    relationship.save(update_fields=["state", "points", "inherits", "console_role", "established_at"])
    _record_answer("accepted", actor, invitation, points=agreed.points, inherits=agreed.inherits)
    return relationship


def _refuse_taken_place(relationship: Relationship) -> None:
    """A group place may have been taken since the invitation was sent; partners are not limited (K3.4)."""
    if not relationship.manager.is_enterprise or not relationship.member.is_enterprise:
        raise DomainError(_("Both accounts must still be verified as enterprises."))
    if relationship.kind != Relationship.Kind.GROUP:
        return
    problem = unfit_for_group(relationship.manager, relationship.member)
    if problem is not None:
        raise GroupPlaceTaken() if problem.code == "group_place_taken" else DomainError(problem.sentence)


@transaction.atomic
def refuse_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Relationship:
    """A link is not established; of a change, the old rights stay (K4.10, K9.4). Raises InvitationClosed."""
    at = now or timezone.now()
    invitation = _locked_for_answer(actor, invitation_id, at)
    invitation.refuse(by=actor.user, at=at)
    invitation.save(update_fields=["state", "answered_by", "answered_at"])
    _end_question(invitation, Relationship.End.REFUSED, at)
    _record_answer("refused", actor, invitation)
    return invitation.relationship


@transaction.atomic
def withdraw_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Relationship:
    """The manager takes an open question back; its links stop working. Raises InvitationClosed."""
    at = now or timezone.now()
    invitation = _locked(invitation_id)
    require(actor, right_for(invitation.door), invitation.relationship.manager)
    _refuse_closed(invitation, at)
    invitation.withdraw(by=actor.user, at=at)
    invitation.save(update_fields=["state", "answered_by", "answered_at"])
    _end_question(invitation, Relationship.End.WITHDRAWN, at)
    _record_answer("withdrawn", actor, invitation)
    return invitation.relationship


def resend_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Invitation:
    """New letters with new links; the old links stop working and the deadline stays. Raises InvitationClosed."""
    limits.resends(invitation_id, now=now)
    with transaction.atomic():
        invitation = _locked(invitation_id)
        require(actor, right_for(invitation.door), invitation.relationship.manager)
        _refuse_closed(invitation, now or timezone.now())
        _record_answer("resent", actor, invitation)
    return invitation


def ask_for_another(*, invitation_id: int, address: str | None, now: datetime | None = None) -> None:
    """Somebody with an ended invitation asks its sender for a new one; no log-in needed, once a day and link (C6)."""
    limits.ask_again(invitation_id, now=now)
    with transaction.atomic():
        invitation = _locked(invitation_id)
        if invitation.is_open(at=now):
            raise DomainError(_("This invitation is still open: you can accept it on this page."))
        actor = Actor(door=SYSTEM.door, address=address)
        _record_answer("asked_again", actor, invitation)


@transaction.atomic
def note_opening(*, invitation_id: int, link_id: int, now: datetime | None = None) -> None:
    """Remembers that the link was opened: the sender sees it, and no reminder is sent."""
    at = now or timezone.now()
    invitation = _locked(invitation_id)
    link = invitation.links.select_for_update().get(pk=link_id)
    link.opens += 1
    link.save(update_fields=["opens"])
    if invitation.opened_at is None:
        invitation.opened_at = at
        invitation.save(update_fields=["opened_at"])


def expire_invitations(*, now: datetime | None = None, limit: int = 500) -> int:
    """Closes what nobody answered in time, each in its own transaction; answers how many. Only tidies: rights never
    depend on it."""
    at = now or timezone.now()
    due = Invitation.objects.overdue(at=at).order_by("expires_at").values_list("relationship_id", flat=True)[:limit]
    closed = 0
    for relationship_id in list(due):
        with transaction.atomic():
            closed += _close_overdue(Relationship.objects.filter(pk=relationship_id), at)
    return closed


def nudge_unopened(*, now: datetime | None = None) -> int:
    """Tells the sender, once, that an invitation has twelve hours left and was not opened; answers how many."""
    at = now or timezone.now()
    soon = Invitation.objects.open().filter(
        opened_at=None, expires_at__gt=at, expires_at__lte=at + policy.INVITATION_NUDGE_BEFORE, nudged_at=None
    )
    told = 0
    for invitation_id in list(soon.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            invitation = _locked(invitation_id)
            if invitation.nudged_at is None and invitation.is_open(at=at):
                invitation.nudged_at = at
                invitation.save(update_fields=["nudged_at"])
                _record_answer("unopened", SYSTEM, invitation)
                told += 1
    return told


def _locked(invitation_id: int, *, giving_place: bool = False) -> Invitation:
    """Locks accounts, relationship and invitation in this order, before them the group graph where a place may be
    given; answers the invitation with both, freshly read."""
    sides = Invitation.objects.filter(pk=invitation_id).values_list(
        "relationship_id", "relationship__manager_id", "relationship__member_id", "relationship__kind"
    )
    if (found := sides.first()) is None:
        raise NotFound()
    relationship_id, manager_id, member_id, kind = found
    if giving_place and kind == Relationship.Kind.GROUP:
        lock_name(GROUP_GRAPH)
    accounts = lock_accounts(manager_id, member_id)
    relationship = Relationship.objects.select_for_update().get(pk=relationship_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    relationship.manager, relationship.member = accounts[manager_id], accounts[member_id]
    invitation.relationship = relationship
    return invitation


def _locked_for_answer(actor: Actor, invitation_id: int, at: datetime, *, giving_place: bool = False) -> Invitation:
    invitation = _locked(invitation_id, giving_place=giving_place)
    require(actor, Right.ANSWER_INVITATIONS, invitation.relationship.member)
    _refuse_closed(invitation, at)
    return invitation


def _refuse_closed(invitation: Invitation, at: datetime) -> None:
    if not invitation.is_open(at=at):
        raise InvitationClosed(invitation.state_at(at))


def _end_question(invitation: Invitation, end: str, at: datetime) -> None:
    relationship = invitation.relationship
    if invitation.purpose == Invitation.Purpose.LINK:
        relationship.reject(end=end, at=at)
    else:
        relationship.drop_change()
    relationship.save(update_fields=["state", "end", "ended_at"])


def _close_overdue(relationships: models.QuerySet[Relationship], at: datetime) -> int:
    """An invitation past its time must never stand in the way of a new one (C6)."""
    closed = 0
    for invitation_id in (
        Invitation.objects.overdue(at=at).filter(relationship__in=relationships).values_list("pk", flat=True)
    ):
        invitation = _locked(invitation_id)
        if invitation.state == Invitation.State.OPEN and not invitation.is_open(at=at):
            invitation.expire(at=at)
            invitation.save(update_fields=["state", "answered_at"])
            _end_question(invitation, Relationship.End.EXPIRED, at)
            _record_answer("expired", SYSTEM, invitation)
            closed += 1
    return closed


def _record_answer(what: str, actor: Actor, invitation: Invitation, **facts: object) -> None:
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
        purpose=invitation.purpose,
        kind=relationship.kind,
        **facts,
    )
