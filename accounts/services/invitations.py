"""Inviting an account, and answering: K3, K4, K7.3, K9, Q-1, Q-17 to Q-20. For what is locked see `questions`."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import limits, policy
from accounts.actors import SYSTEM, Actor, require
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account, Invitation, OneTimeCode, Relationship
from accounts.permissions import ConsoleRole, Right
from accounts.questions import (
    close_overdue,
    end_question,
    lock_question,
    open_question,
    record_answer,
    refuse_closed,
    right_for,
)
from accounts.services.codes import require_clearance
from accounts.targets import refuse_unfit, refuse_unfit_terms, unfit_for_group, unfit_manager
from accounts.terms import Terms
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic


class GroupPlaceTaken(DomainError):
    """Meanwhile the member joined another group (Q-18)."""

    code = "group_place_taken"
    rule = "K3.4"
    sentence = _(
        "This account already belongs to an enterprise group, and an account has only one group place. "
        "Ask for a partner invitation instead."
    )


@atomic
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
    close_overdue(Relationship.objects.filter(manager=manager, member=target), at)
    refuse_unfit(manager, target, kind)
    _refuse_wrong_door(terms, door)
    refuse_unfit_terms(manager, target, kind, terms, door)
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.INVITE, binding=f"account:{manager.pk}", now=at)
    relationship = Relationship.objects.create(
        manager=manager, member=target, kind=kind, remark=remark, created_by=actor.user
    )
    invitation = open_question(relationship, terms, actor, purpose=Invitation.Purpose.LINK, door=door, at=at)
    record("invitation.sent", actor=actor, account=manager, counterpart=target, subject=invitation, at=at, kind=kind)
    return invitation


def _refuse_wrong_door(terms: Terms, door: str) -> None:
    """Finance asks for financial rights only, the directory for console access only (K12.4, K12.7, K13.4)."""
    if door == Invitation.Door.FINANCE and terms.console_role != ConsoleRole.NONE:
        raise InputError("console_role", _("Console access is asked for in the resource directory."))
    if door == Invitation.Door.DIRECTORY and (terms.points or terms.inherits):
        raise InputError("points", _("Financial permissions are asked for in Enterprise Finance."))


@atomic
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
    record_answer("accepted", actor, invitation, at, points=agreed.points, inherits=agreed.inherits)
    return relationship


def _refuse_taken_place(relationship: Relationship) -> None:
    """A group place may have been taken since the invitation was sent; partners are not limited (K3.4)."""
    if not relationship.manager.is_enterprise or not relationship.member.is_enterprise:
        raise DomainError(_("Both accounts must still be verified as enterprises."))
    if (problem := unfit_manager(relationship.manager)) is not None:  # it may have become a trusteed one meanwhile
        raise DomainError(problem.sentence)
    if relationship.kind != Relationship.Kind.GROUP:
        return
    problem = unfit_for_group(relationship.manager, relationship.member)
    if problem is not None:
        raise GroupPlaceTaken() if problem.code == "group_place_taken" else DomainError(problem.sentence)


@atomic
def refuse_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Relationship:
    """A link is not established; of a change, the old rights stay (K4.10, K9.4). Raises InvitationClosed."""
    at = now or timezone.now()
    invitation = _locked_for_answer(actor, invitation_id, at)
    invitation.refuse(by=actor.user, at=at)
    invitation.save(update_fields=["state", "answered_by", "answered_at"])
    end_question(invitation, Relationship.End.REFUSED, at)
    record_answer("refused", actor, invitation, at)
    return invitation.relationship


@atomic
def withdraw_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Relationship:
    """The manager takes an open question back; its links stop working. Raises InvitationClosed."""
    at = now or timezone.now()
    invitation = lock_question(invitation_id)
    require(actor, right_for(invitation.door), invitation.relationship.manager)
    refuse_closed(invitation, at)
    invitation.withdraw(by=actor.user, at=at)
    invitation.save(update_fields=["state", "answered_by", "answered_at"])
    end_question(invitation, Relationship.End.WITHDRAWN, at)
    record_answer("withdrawn", actor, invitation, at)
    return invitation.relationship


def resend_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Invitation:
    """As `repeat_invitation`, at most six times a day; counted first, so it stands in nobody's transaction.

    Whoever may not send it again uses none of the six up.
    """
    asked = Invitation.objects.select_related("relationship__manager").filter(pk=invitation_id).first()
    if asked is None:
        raise NotFound()
    require(actor, right_for(asked.door), asked.relationship.manager)
    limits.resends(invitation_id, now=now)
    return repeat_invitation(actor=actor, invitation_id=invitation_id, now=now)


@atomic
def repeat_invitation(*, actor: Actor, invitation_id: int, now: datetime | None = None) -> Invitation:
    """New letters with new links; the old links stop working and the deadline stays. Raises InvitationClosed.

    For callers that have counted it (`limits.resends`) before they opened their transaction.
    """
    invitation = lock_question(invitation_id)
    require(actor, right_for(invitation.door), invitation.relationship.manager)
    refuse_closed(invitation, now or timezone.now())
    record_answer("resent", actor, invitation, now)
    return invitation


def ask_for_another(*, invitation_id: int, address: str | None, now: datetime | None = None) -> None:
    """Somebody with an ended invitation asks its sender for a new one; no log-in needed, once a day and link (C6).

    So does a member whose group place was taken meanwhile: it wants to be asked as a partner (Q-18).
    """
    limits.ask_again(invitation_id, now=now)
    with transaction.atomic():
        invitation = lock_question(invitation_id)
        place_gone = _place_gone(invitation)
        if invitation.is_open(at=now) and not place_gone:
            raise DomainError(_("This invitation is still open: you can accept it on this page."))
        actor = Actor(door=SYSTEM.door, address=address)
        wanted = Relationship.Kind.PARTNER if place_gone else invitation.relationship.kind
        record_answer("asked_again", actor, invitation, now, wanted=wanted)


def _place_gone(invitation: Invitation) -> bool:
    relationship = invitation.relationship
    if invitation.purpose != Invitation.Purpose.LINK or relationship.kind != Relationship.Kind.GROUP:
        return False
    problem = unfit_for_group(relationship.manager, relationship.member)
    return problem is not None and problem.code == GroupPlaceTaken.code


@atomic
def note_opening(*, invitation_id: int, link_id: int, now: datetime | None = None) -> None:
    """Remembers that the link was opened: the sender sees it, and no reminder is sent."""
    at = now or timezone.now()
    invitation = lock_question(invitation_id)
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
            closed += close_overdue(Relationship.objects.filter(pk=relationship_id), at)
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
            invitation = lock_question(invitation_id)
            if invitation.nudged_at is None and invitation.is_open(at=at):
                invitation.nudged_at = at
                invitation.save(update_fields=["nudged_at"])
                record_answer("unopened", SYSTEM, invitation, at)
                told += 1
    return told


def _locked_for_answer(actor: Actor, invitation_id: int, at: datetime, *, giving_place: bool = False) -> Invitation:
    invitation = lock_question(invitation_id, giving_place=giving_place)
    require(actor, Right.ANSWER_INVITATIONS, invitation.relationship.member)
    refuse_closed(invitation, at)
    return invitation
