"""Trusteeships (财务托管): proposed by the manager, answered by the member, withdrawn, ended (A1, A2, Q-17, Q-24).

Locks: both accounts, the relationship, the row; then, where it takes effect, resources and credit books.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.locks import lock_relationship
from accounts.models import OneTimeCode
from accounts.permissions import Right
from accounts.services.codes import require_clearance
from accounts.services.relationships import NotInForce
from config.errors import DomainError, InputError
from config.transactions import atomic
from finance import policy
from finance.cycles import ZONE, day_start
from finance.models import Trust
from finance.money import is_amount
from finance.services.trust_effects import begin_trust, drop_trust, finish_trust, lock_trust, note_trust, settle_due
from finance.trust_rules import refuse_unfit

State = Trust.State


class TrustClosed(DomainError):
    """Answered, withdrawn or past its 48 hours; `state` says which."""

    code = "trust_closed"
    rule = "K4.8"

    _SENTENCES = {
        State.PROPOSED: _("This proposal expired. It was valid for 48 hours."),
        State.EXPIRED: _("This proposal expired. It was valid for 48 hours."),
        State.AGREED: _("This proposal has already been accepted."),
        State.REFUSED: _("This proposal has been refused."),
        State.WITHDRAWN: _("This proposal was withdrawn by the account that made it."),
        State.ENDED: _("This trusteeship has ended."),
    }

    def __init__(self, state: str) -> None:
        super().__init__(self._SENTENCES[State(state)])
        self.state = state


class AlreadyBegun(DomainError):
    """What has had an effect is ended, not withdrawn (A2.15)."""

    code = "trust_begun"
    rule = "A2.15"
    sentence = _("This trusteeship has begun, so it can no longer be withdrawn. End it instead.")


class NotBegun(DomainError):
    """What has had no effect yet is withdrawn, not ended."""

    code = "trust_not_begun"
    rule = "A2.15"
    sentence = _("This trusteeship has not begun, so there is nothing to end. Withdraw it instead.")


@atomic
def propose_trust(
    *,
    actor: Actor,
    relationship_id: int,
    starts_on: date | None = None,
    from_cash: bool = False,
    shares_vouchers: bool = False,
    cap: Decimal | None = None,
    now: datetime | None = None,
) -> Trust:
    """The member is asked, 48 hours, whether the manager shall pay for it, from that day on or at once (A2.1, A2.20).

    `cap` is in yuan a month. Nothing changes before the member agrees; a resource account has nobody to ask, so there
    it is agreed at once. Spends a passed code. Raises InputError, NotInForce, TrustImpossible with the rules.
    """
    at = now or timezone.now()
    relationship = lock_relationship(relationship_id=relationship_id)
    manager, member = relationship.manager, relationship.member
    require(actor, Right.MOVE_FUNDS, manager)
    if not relationship.is_in_force:
        raise NotInForce()
    check_conditions(starts_on=starts_on, cap=cap, at=at)
    settle_due(members=[member.pk], at=at)
    refuse_unfit(relationship, at=at, reader=manager)
    binding = f"relationship:{relationship.pk}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.SWITCH_PAYING, binding=binding, now=at)
    trust = Trust.objects.create(
        relationship=relationship,
        manager=manager,
        member=member,
        starts_at=day_start(starts_on) if starts_on else None,
        from_cash=from_cash,
        shares_vouchers=shares_vouchers,
        cap=cap,
        proposed_at=at,
        proposed_by=actor.user,
        expires_at=at + policy.TRUST_ANSWER_WITHIN,
    )
    note_trust(what="proposed", trust=trust, actor=actor, at=at)
    return _agree(trust, actor, at) if member.is_resource else trust


@atomic
def accept_trust(*, actor: Actor, trust_id: int, now: datetime | None = None) -> Trust:
    """Cycles that begin from its start on count on the manager: the chosen day, or this moment (A2.15).

    Everything is checked again under the lock. Raises TrustClosed, TrustImpossible.
    """
    at = now or timezone.now()
    trust = _locked_for_answer(actor, trust_id, at)
    if not trust.relationship.is_in_force:
        raise NotInForce()
    refuse_unfit(trust.relationship, at=at, reader=trust.member, besides=trust)
    return _agree(trust, actor, at)


def _agree(trust: Trust, actor: Actor, at: datetime) -> Trust:
    start = max(at, trust.starts_at or at)
    trust.agree(at=at, by=actor.user, starts_at=start)
    trust.save(update_fields=["state", "answered_at", "answered_by", "starts_at"])
    note_trust(what="agreed", trust=trust, actor=actor, at=at, starts_at=start.isoformat())
    return begin_trust(trust=trust, at=at)


@atomic
def refuse_trust(*, actor: Actor, trust_id: int, now: datetime | None = None) -> Trust:
    """The member goes on paying for itself. Raises TrustClosed."""
    at = now or timezone.now()
    trust = _locked_for_answer(actor, trust_id, at)
    trust.refuse(at=at, by=actor.user)
    trust.save(update_fields=["state", "answered_at", "answered_by"])
    note_trust(what="refused", trust=trust, actor=actor, at=at)
    return trust


@atomic
def withdraw_trust(*, actor: Actor, trust_id: int, now: datetime | None = None) -> Trust:
    """A proposal, or what is agreed for a later day, is taken back without any effect. Raises TrustClosed,
    AlreadyBegun."""
    at = now or timezone.now()
    trust = _locked_for_manager(actor, trust_id)
    if trust.state == State.AGREED and not trust.is_coming(at=at):
        raise AlreadyBegun()
    if trust.state != State.AGREED and not trust.is_open(at=at):
        raise TrustClosed(trust.state)
    drop_trust(trust=trust, actor=actor, at=at)
    return trust


@atomic
def end_trust(*, actor: Actor, trust_id: int, ends_on: date | None = None, now: datetime | None = None) -> Trust:
    """Cycles that begin from now, or from that day on, are paid by the member itself (A2.15).

    A planned end can be taken back until its day (`keep_trust`). Spends a passed code. Raises NotBegun, TrustClosed.
    """
    at = now or timezone.now()
    trust = _locked_for_manager(actor, trust_id)
    if trust.state == State.PROPOSED or trust.is_coming(at=at):
        raise NotBegun()
    if not trust.is_in_force(at=at):
        raise TrustClosed(State.ENDED if trust.state == State.AGREED else trust.state)
    _check_day("ends_on", ends_on, at)
    binding = f"relationship:{trust.relationship_id}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.SWITCH_PAYING, binding=binding, now=at)
    begin_trust(trust=trust, at=at)
    if ends_on is None or day_start(ends_on) <= at:
        finish_trust(trust=trust, actor=actor, at=at)
        return trust
    trust.ends_at = day_start(ends_on)
    trust.save(update_fields=["ends_at"])
    note_trust(what="end_planned", trust=trust, actor=actor, at=at, ends_at=trust.ends_at.isoformat())
    return trust


@atomic
def keep_trust(*, actor: Actor, trust_id: int, now: datetime | None = None) -> Trust:
    """A planned end is taken back before its day; the manager goes on paying. Raises TrustClosed."""
    at = now or timezone.now()
    trust = _locked_for_manager(actor, trust_id)
    if not trust.is_in_force(at=at) or trust.state != State.AGREED:
        raise TrustClosed(State.ENDED if trust.state == State.AGREED else trust.state)
    if trust.ends_at is not None:
        trust.ends_at = None
        trust.save(update_fields=["ends_at"])
        note_trust(what="kept", trust=trust, actor=actor, at=at)
    return trust


def check_conditions(*, starts_on: date | None, cap: Decimal | None, at: datetime) -> None:
    """Raises InputError for a day or a limit that cannot be."""
    _check_day("starts_on", starts_on, at)
    if cap is None:
        return
    if not is_amount(cap) or cap > policy.TRUST_CAP_MOST:
        raise InputError("cap", _("The limit must be greater than zero, with at most two decimal places."))


def _check_day(field: str, day: date | None, at: datetime) -> None:
    today = at.astimezone(ZONE).date()
    if day is not None and not today <= day <= today + timedelta(days=policy.TRUST_AHEAD_DAYS_MAX):
        raise InputError(
            field, _("Choose a day from today on, at most %(days)s days ahead."), days=policy.TRUST_AHEAD_DAYS_MAX
        )


def _locked_for_answer(actor: Actor, trust_id: int, at: datetime) -> Trust:
    trust = lock_trust(trust_id=trust_id)
    require(actor, Right.ANSWER_INVITATIONS, trust.member)
    if not trust.is_open(at=at):
        raise TrustClosed(trust.state)
    return trust


def _locked_for_manager(actor: Actor, trust_id: int) -> Trust:
    trust = lock_trust(trust_id=trust_id)
    require(actor, Right.MOVE_FUNDS, trust.manager)
    return trust
