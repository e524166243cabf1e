"""Stopping new purchases of a member: by its manager's hand, or by a budget, at once or after being asked.

Only new orders are refused; what runs goes on, and renewals stay possible. A stop that a budget set ends with its
month: `in_force` judges that on read, and the periodic job only tidies up.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_relationship
from accounts.models import Account, Relationship
from accounts.names import clean_remark
from accounts.permissions import Right
from config.errors import DomainError, NotFound
from config.transactions import atomic
from finance.cycles import month_of, month_start
from finance.models import Budget, PurchaseStop


class NotLinked(DomainError):
    """Only a manager stops anything, and only while it is one."""

    code = "not_established"
    rule = "K9.2"
    sentence = _("This relationship is not established, so purchases cannot be stopped.")


class GroupStopsOnly(DomainError):
    """Partners are independent of each other."""

    code = "group_only"
    sentence = _("New purchases can be stopped within an enterprise group only. A partner decides for itself.")


class StoppedAlready(DomainError):
    """One open stop for each member."""

    code = "stopped_already"
    sentence = _("New purchases of this account are stopped already.")


class NotStopped(DomainError):
    """Nothing to lift."""

    code = "not_stopped"
    sentence = _("New purchases of this account are not stopped.")


@atomic
def stop_purchases(
    *, actor: Actor, relationship_id: int, reason: str = "", now: datetime | None = None
) -> PurchaseStop:
    """The member places no new orders until the stop is lifted; it reads the reason. What a budget asked is decided so.

    Locks the manager's and the member's account, then the relationship. Raises NotLinked, GroupStopsOnly,
    StoppedAlready, InputError.
    """
    link = _locked(actor, relationship_id)
    reason, at = cleaned("reason", clean_remark, reason), now or timezone.now()
    if not link.is_in_force:
        raise NotLinked()
    if link.kind != Relationship.Kind.GROUP:
        raise GroupStopsOnly()
    for stop in _open(link):
        if stop.state == PurchaseStop.State.ACTIVE and _counts(stop, at):
            raise StoppedAlready()
        _end(actor, stop, at)
    stop = PurchaseStop.objects.create(relationship=link, reason=reason, created_by=actor.user, created_at=at)
    _note("stopped", actor, stop, at)
    return stop


@atomic
def allow_purchases(*, actor: Actor, relationship_id: int, now: datetime | None = None) -> PurchaseStop:
    """The member may buy again. Locks as `stop_purchases`. Raises NotStopped."""
    link, at = _locked(actor, relationship_id), now or timezone.now()
    stop = next((one for one in _open(link) if one.state == PurchaseStop.State.ACTIVE), None)
    if stop is None:
        raise NotStopped()
    return _end(actor, stop, at)


@atomic
def approve_stop(*, actor: Actor, stop_id: int, now: datetime | None = None) -> PurchaseStop:
    """What a budget asked for is in force, until its month ends or somebody lifts it. Locks as `stop_purchases`."""
    stop, at = _locked_stop(actor, stop_id), now or timezone.now()
    if not stop.relationship.is_in_force:
        raise NotLinked()
    stop.approve()
    stop.save(update_fields=["state"])
    _note("stopped", actor, stop, at)
    return stop


@atomic
def decline_stop(*, actor: Actor, stop_id: int, now: datetime | None = None) -> PurchaseStop:
    """Buying goes on; the budget does not ask again this month. Locks as `stop_purchases`."""
    stop, at = _locked_stop(actor, stop_id), now or timezone.now()
    stop.decline(at=at)
    stop.save(update_fields=["state", "ended_at"])
    _note("declined", actor, stop, at)
    return stop


@atomic
def lift_stop(*, actor: Actor, stop_id: int, now: datetime | None = None) -> PurchaseStop:
    """The member may buy again; one that is lifted already is answered as it is. Locks as `stop_purchases`."""
    stop = _locked_stop(actor, stop_id)
    return stop if stop.state == PurchaseStop.State.LIFTED else _end(actor, stop, now or timezone.now())


@atomic
def impose_stops(*, budget: Budget, links: Iterable[Relationship], ask: bool, at: datetime) -> list[PurchaseStop]:
    """The reached budget stops these members' new purchases, or asks whether to; answers what is new.

    Only within the group. Where a stop is in force nothing changes; one that was only asked for comes into force if
    this budget does not ask. The caller has locked the relationships.
    """
    made = []
    for link in links:
        waiting = [stop for stop in _open(link) if _counts(stop, at)]
        if link.kind != Relationship.Kind.GROUP or not link.is_in_force:
            continue
        if not waiting:
            made.append(_impose(budget, link, ask, at))
        elif not ask and waiting[0].state == PurchaseStop.State.ASKED:
            waiting[0].approve()
            waiting[0].save(update_fields=["state"])
            _note("stopped", SYSTEM, waiting[0], at)
            made.append(waiting[0])
    return made


def _impose(budget: Budget, link: Relationship, ask: bool, at: datetime) -> PurchaseStop:
    for old in _open(link):  # of a month that is over
        _end(SYSTEM, old, at)
    state = PurchaseStop.State.ASKED if ask else PurchaseStop.State.ACTIVE
    stop = PurchaseStop.objects.create(relationship=link, state=state, budget=budget, created_at=at)
    _note("asked" if ask else "stopped", SYSTEM, stop, at)
    return stop


@atomic
def release_budget(*, budget: Budget, actor: Actor, at: datetime) -> list[PurchaseStop]:
    """What this budget stopped or asked for is over, because it is not reached any more. Locks the stops."""
    stops = PurchaseStop.objects.filter(budget=budget, state__in=PurchaseStop.OPEN).order_by("pk")
    rows = stops.select_related("relationship__manager", "relationship__member")
    return [_end(actor, stop, at) for stop in rows.select_for_update(of=("self",), no_key=True)]


@atomic
def end_stops(*, relationship_id: int, at: datetime) -> list[PurchaseStop]:
    """Without a link nobody stops anybody. For whoever dissolves, who has locked the relationship."""
    link = Relationship.objects.select_related("manager", "member").get(pk=relationship_id)
    return [_end(SYSTEM, stop, at) for stop in _open(link)]


def lift_overdue(*, now: datetime | None = None) -> int:
    """What budgets of earlier months stopped or asked for is over; answers how many. Each commits on its own."""
    at = now or timezone.now()
    rows = PurchaseStop.objects.filter(budget__isnull=False, state__in=PurchaseStop.OPEN)
    due = rows.filter(created_at__lt=month_start(month_of(at))).order_by("pk").values_list("pk", flat=True)
    return sum(_lift_one(stop_id=pk, at=at) for pk in due)


@atomic
def _lift_one(*, stop_id: int, at: datetime) -> int:
    rows = PurchaseStop.objects.select_related("relationship__manager", "relationship__member")
    stop = rows.select_for_update(of=("self",), no_key=True).get(pk=stop_id)
    if stop.state not in PurchaseStop.OPEN:
        return 0
    _end(SYSTEM, stop, at)
    return 1


def stops_on(*, account: Account, at: datetime) -> list[PurchaseStop]:
    """What keeps this account from placing new orders at that moment; normally nothing. One query."""
    stops = PurchaseStop.objects.in_force(at=at).filter(relationship__member=account)
    return list(stops.select_related("relationship__manager", "budget").order_by("pk"))


def _end(actor: Actor, stop: PurchaseStop, at: datetime) -> PurchaseStop:
    """Lifts one in force; one that was only asked for is declined."""
    was_asked = stop.state == PurchaseStop.State.ASKED
    if was_asked:
        stop.decline(at=at)
    else:
        stop.lift(at=at)
    stop.save(update_fields=["state", "ended_at"])
    _note("declined" if was_asked else "allowed", actor, stop, at)
    return stop


def _note(what: str, actor: Actor, stop: PurchaseStop, at: datetime) -> None:
    """What was only asked stays with the manager; the member hears of stops and of their end."""
    link, heard = stop.relationship, what in {"stopped", "allowed"}
    record(
        f"purchase.{what}",
        actor=actor,
        account=link.manager,
        counterpart=link.member if heard else None,
        subject=stop,
        at=at,
        name=link.member.name,
        reason=stop.reason,
    )


def _counts(stop: PurchaseStop, at: datetime) -> bool:
    return stop.budget_id is None or stop.created_at >= month_start(month_of(at))


def _open(link: Relationship) -> list[PurchaseStop]:
    rows = PurchaseStop.objects.filter(relationship=link, state__in=PurchaseStop.OPEN).order_by("pk")
    stops = list(rows.select_for_update(no_key=True))
    for stop in stops:
        stop.relationship = link
    return stops


def _locked(actor: Actor, relationship_id: int) -> Relationship:
    link = lock_relationship(relationship_id=relationship_id)
    require(actor, Right.MOVE_FUNDS, link.manager)
    return link


def _locked_stop(actor: Actor, stop_id: int) -> PurchaseStop:
    link_id = PurchaseStop.objects.filter(pk=stop_id).values_list("relationship_id", flat=True).first()
    if link_id is None:
        raise NotFound()
    link = _locked(actor, link_id)
    stop = PurchaseStop.objects.select_for_update(no_key=True).get(pk=stop_id)
    stop.relationship = link
    return stop
