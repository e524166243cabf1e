"""What begins and ends with a trusteeship: the value of resources, the member's credit (A2.15, A2.21, A4.1, K8.10).

Usage needs nothing done: the dates of the row decide over each billing cycle. These parts run in the transaction of
whoever changes the row, with both accounts, the relationship and the row locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.locks import lock_relationship
from accounts.models import Account
from config.errors import NotFound
from config.transactions import atomic
from finance.models import Trust
from finance.services.credit import refit_limits, withdraw_credit
from finance.services.resources import make_worthless

State = Trust.State
AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a trusteeship when its relationship ended."""

    ended: bool = False
    begun: bool = False
    worthless: int = 0


def lock_trust(*, trust_id: int) -> Trust:
    """The row with its two sides, all freshly read; locked: both accounts, the relationship, the row."""
    relationship_id = Trust.objects.filter(pk=trust_id).values_list("relationship_id", flat=True).first()
    if relationship_id is None:
        raise NotFound()
    link = lock_relationship(relationship_id=relationship_id)
    trust = Trust.objects.select_for_update(no_key=True).get(pk=trust_id)
    trust.relationship, trust.manager, trust.member = link, link.manager, link.member
    return trust


def begin_trust(*, trust: Trust, at: datetime) -> Trust:
    """From the moment of its start on the member has no credit and its resources no value; done once (A2.21, A4.1)."""
    due = trust.state == State.AGREED and trust.starts_at is not None and trust.starts_at <= at
    if not due or trust.begun_at is not None:
        return trust
    worthless = make_worthless(account=trust.member, at=trust.starts_at or at)
    credit = withdraw_credit(relationship=trust.relationship, at=at)
    trust.begun_at = at
    trust.save(update_fields=["begun_at"])
    note_trust(what="begun", trust=trust, actor=SYSTEM, at=at, resources=worthless, credit=str(credit))
    return trust


def finish_trust(*, trust: Trust, actor: Actor, at: datetime, reason: str = "") -> int:
    """Cycles and orders that begin from `at` on are the member's; answers how many resources lost their value (A2.21).

    A day in the past is that of a planned end. The member's own credit counts again (A4.6 says the same of vouchers).
    """
    trust.end(at=at)
    trust.save(update_fields=["state", "ends_at"])
    worthless = make_worthless(account=trust.member, at=at)
    refit_limits(relationship=trust.relationship, at=max(at, timezone.now()))
    note_trust(what="ended", trust=trust, actor=actor, at=at, resources=worthless, reason=reason)
    return worthless


def drop_trust(*, trust: Trust, actor: Actor, at: datetime, reason: str = "") -> None:
    """What was asked, or agreed for later, never begins."""
    trust.withdraw(at=at)
    trust.save(update_fields=["state", "ends_at"])
    note_trust(what="withdrawn", trust=trust, actor=actor, at=at, reason=reason)


def note_trust(*, what: str, trust: Trust, actor: Actor, at: datetime, **facts: object) -> None:
    """One event, read by both sides; the member's answers are its own acts, everything else is the manager's."""
    by_member = what in {"agreed", "refused"}
    mine, theirs = trust.manager, trust.member
    record(
        f"trust.{what}",
        actor=actor,
        account=theirs if by_member else mine,
        counterpart=mine if by_member else theirs,
        subject=trust,
        at=at,
        **facts,
    )


@atomic
def end_with_relationship(*, relationship_id: int, actor: Actor = SYSTEM, reason: str = "dissolved") -> Outcome:
    """A dissolved relationship carries no trusteeship: what runs ends at once, what waits is void (K8.10, Q-20).

    Part of the transaction that dissolves; again it finds nothing.
    """
    found = Trust.objects.filter(relationship=relationship_id, state__in=[State.PROPOSED, State.AGREED])
    trust_id = found.values_list("pk", flat=True).first()
    if trust_id is None:
        return Outcome()
    trust = lock_trust(trust_id=trust_id)
    at = trust.relationship.ended_at or timezone.now()
    return _stop(trust, actor, at, reason)


def _stop(trust: Trust, actor: Actor, at: datetime, reason: str) -> Outcome:
    if trust.state == State.PROPOSED or trust.is_coming(at=at):
        drop_trust(trust=trust, actor=actor, at=at, reason=reason)
        return Outcome(ended=True)
    end = min(at, trust.ends_at) if trust.ends_at else at
    return Outcome(ended=True, begun=True, worthless=finish_trust(trust=trust, actor=actor, at=end, reason=reason))


@atomic
def end_unequal(*, account: Account, now: datetime | None = None) -> int:
    """Trusteeships of an account that is no longer verified as the same enterprise end (A2.18); answers how many."""
    mine = Q(manager=account) | Q(member=account)
    ended = 0
    for trust_id in Trust.objects.filter(mine, state__in=[State.PROPOSED, State.AGREED]).order_by("pk"):
        trust = lock_trust(trust_id=trust_id.pk)
        if trust.state in {State.PROPOSED, State.AGREED} and not trust.manager.same_enterprise(trust.member):
            _stop(trust, SYSTEM, now or timezone.now(), "unequal")
            ended += 1
    return ended


def expire_trust(*, trust: Trust, at: datetime) -> bool:
    """A proposal past its time is closed, so that it stands in nobody's way; answers whether it was one."""
    if trust.state != State.PROPOSED or trust.is_open(at=at):
        return False
    trust.expire(at=at)
    trust.save(update_fields=["state", "answered_at"])
    note_trust(what="expired", trust=trust, actor=SYSTEM, at=at)
    return True


def advance_trusts(*, now: datetime | None = None) -> int:
    """What the clock brings about: proposals that ran out, trusteeships whose day has come or whose end is past.

    Each in its own transaction. Who pays never waits for it; it only does what begins and ends with the dates.
    """
    at = now or timezone.now()
    ran_out = Q(state=State.PROPOSED, expires_at__lte=at)
    begins = Q(state=State.AGREED, starts_at__lte=at, begun_at=None)
    ends = Q(state=State.AGREED, ends_at__lte=at)
    due = Trust.objects.filter(ran_out | begins | ends).order_by("pk").values_list("pk", flat=True)
    return sum(_advance(trust_id, at) for trust_id in list(due[:AT_ONCE_MAX]))


def settle_due(*, members: Iterable[int], at: datetime) -> None:
    """The same for these members, in the caller's transaction: nothing overdue stands in the way of something new."""
    for trust in Trust.objects.filter(member__in=members, state__in=[State.PROPOSED, State.AGREED]).order_by("pk"):
        _advance_locked(lock_trust(trust_id=trust.pk), at)


@atomic
def _advance(trust_id: int, at: datetime) -> int:
    return _advance_locked(lock_trust(trust_id=trust_id), at)


def _advance_locked(trust: Trust, at: datetime) -> int:
    if expire_trust(trust=trust, at=at):
        return 1
    if trust.state != State.AGREED:
        return 0
    before = trust.begun_at
    begin_trust(trust=trust, at=at)
    if trust.ends_at is not None and trust.ends_at <= at:
        finish_trust(trust=trust, actor=SYSTEM, at=trust.ends_at)
        return 1
    return int(trust.begun_at != before)
