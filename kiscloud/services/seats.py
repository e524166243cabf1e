"""Seats: who is in which set. Never more at once than were bought, whoever comes at the same moment (S8, S12, S20).

One person in one set is one seat. The same device comes back into it, another device takes it over, several sets are
several seats. Who is not heard of for some minutes has left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, person_of
from accounts.events import record
from accounts.models import User
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import AccountSet, Device, Seat, SetUser, Subscription
from kiscloud.services.companies import require_admin
from kiscloud.services.demo_sets import is_demo
from kiscloud.services.online import seconds_left
from kiscloud.services.peaks import note_peak
from kiscloud.services.seat_refusals import NotAdded, OthersFirst, SeatsTaken, SetNotReady
from kiscloud.services.subscriptions import locked_product, require_open
from kiscloud.services.waits import ahead_of

End = Seat.End


@dataclass(frozen=True, slots=True)
class Standing:
    """What a client learns of its seat: whether it is still in, and if it must leave, in how many seconds."""

    inside: bool
    end: str = ""
    seconds_left: int | None = None
    asked_by: str = ""  # who waits for the seat and would be glad of it


@atomic
def enter_set(*, actor: Actor, set_id: int, device: Device, now: datetime | None = None) -> Seat:
    """The person is in the set, from this device (S8.4–S8.8, S20.6–S20.10).

    Locks the product. Raises NotFound, NotAdded, SetNotReady, ProductClosed, SeatsTaken.
    """
    user, at = person_of(actor), now or timezone.now()
    found = AccountSet.objects.standing().filter(pk=set_id).values_list("subscription", flat=True).first()
    if found is None:
        raise NotFound()
    product = locked_product(subscription_id=found)
    account_set = AccountSet.objects.get(pk=set_id)
    account_set.subscription = product
    if not is_demo(account_set=account_set):  # which is open to everybody, for ever (S3.4)
        if not account_set.users.filter(user=user, state=SetUser.State.ENABLED).exists():
            raise NotAdded()
        require_open(product=product, at=at)
    if account_set.state != AccountSet.State.READY:
        raise SetNotReady(set=account_set.name, state=account_set.get_state_display())
    return _enter(actor, product, account_set, device, at)


@atomic
def enter_inventory(*, actor: Actor, subscription_id: int, device: Device, now: datetime | None = None) -> Seat:
    """The same for the inventory app, which belongs to the product and no set (S12.1).

    Locks the product. Raises NotFound, NotAdded, ProductClosed, SeatsTaken.
    """
    user, at = person_of(actor), now or timezone.now()
    product = locked_product(subscription_id=subscription_id)
    sets = AccountSet.objects.seen_by(user).filter(subscription=product)
    if not sets.exists():
        raise NotAdded()
    require_open(product=product, at=at)
    return _enter(actor, product, None, device, at)


def _enter(actor: Actor, product: Subscription, account_set: AccountSet | None, device: Device, at: datetime) -> Seat:
    """Under the product's lock, so that the last seat goes to one. Neither coming back nor another device stops a
    countdown that has begun."""
    user = person_of(actor)
    _require_device(device, user)
    _close_over(product, at)
    own = product.seats.filter(account_set=account_set, user=user, ended_at=None).first()
    if own is not None and own.device_id == device.pk:
        own.seen_at = own.used_at = at
        own.save(update_fields=["seen_at", "used_at"])
        return own
    if own is not None:
        _close([own], End.OTHER_DEVICE, at)
    else:
        _require_seat(product, account_set, user, at)
    seat = Seat.objects.create(
        subscription=product,
        account_set=account_set,
        user=user,
        device=device,
        started_at=at,
        seen_at=at,
        used_at=at,
        ending_at=own.ending_at if own is not None else None,
    )
    _end_switching(product)
    product.waits.filter(user=user, account_set=account_set).delete()
    note_peak(product=product, count=_taken(product, at).count(), at=at)
    if account_set is not None:
        Device.objects.filter(pk=device.pk).update(last_set=account_set, seen_at=at)
    facts: dict[str, Any] = {"set": account_set.name if account_set else "", "device": str(device)}
    record("seat.entered", actor=actor, account=product.company.account, subject=seat, at=at, **facts)
    return seat


def _end_switching(product: Subscription) -> None:
    """The first log-in after a switch says where the product is in use (S9.6)."""
    if product.state == Subscription.State.SWITCHING:
        product.mode = Subscription.Mode.PUBLIC
        product.enter_public()
        product.save(update_fields=["state", "mode"])


def _require_device(device: Device, user: User) -> None:
    """The person's own and not revoked, and nobody revokes it before the seat stands."""
    fresh = Device.objects.select_for_update(of=("self",), no_key=True).filter(pk=device.pk, user=user).first()
    if fresh is None or fresh.revoked_at is not None or fresh.digest != device.digest:
        raise NotFound()


def _require_seat(product: Subscription, account_set: AccountSet | None, user: User, at: datetime) -> None:
    """One is free, and nobody has waited longer for it. Raises SeatsTaken, OthersFirst."""
    if account_set is not None and is_demo(account_set=account_set):
        return
    taken = list(_taken(product, at))
    if len(taken) >= product.users_total:
        raise _full(product, taken, at)
    ahead = ahead_of(product=product, user=user, account_set=account_set, at=at)
    if (free := product.users_total - len(taken)) <= ahead:
        raise OthersFirst(ahead=ahead, free=free, product=product.get_edition_display())


def _full(product: Subscription, taken: list[Seat], at: datetime) -> DomainError:
    idle = min(taken, key=lambda seat: seat.used_at, default=None)
    if idle is None:
        return SeatsTaken(_("%(product)s has no users."), product=product.get_edition_display())
    return SeatsTaken(
        users=product.users_total,
        product=product.get_edition_display(),
        idle=str(idle.user),
        minutes=int((at - idle.used_at).total_seconds() // 60),
    )


@atomic
def beat(*, seat_id: int, device: Device, active: bool = True, now: datetime | None = None) -> Standing:
    """The client says that it is there, and hears whether it still is (Q-25). Locks the product's row, then the seat.

    Raises NotFound for a seat of another device.
    """
    at = now or timezone.now()
    seat = _locked(seat_id, device)
    _close_over(seat.subscription, at)
    seat.refresh_from_db()
    if seat.ended_at is not None:
        return Standing(inside=False, end=seat.end)
    seat.seen_at = at
    if active:
        seat.used_at = at
    seat.save(update_fields=["seen_at", "used_at"])
    return Standing(inside=True, seconds_left=seconds_left(seat=seat, at=at), asked_by=_asker(seat, at))


@atomic
def leave(*, seat_id: int, device: Device, now: datetime | None = None) -> None:
    """The seat is free at once; leaving twice is no error. Locks as `beat`."""
    at = now or timezone.now()
    seat = _locked(seat_id, device)
    if seat.ended_at is None:
        _close([seat], End.LEFT, at)


def leave_all(*, device: Device, now: datetime | None = None) -> int:
    """No seat of the device is taken any more; answers how many were. One product after the other, as `leave`."""
    found = list(Seat.objects.filter(device=device, ended_at=None).order_by("pk").values_list("pk", flat=True))
    for seat_id in found:
        leave(seat_id=seat_id, device=device, now=now)
    return len(found)


@atomic
def log_off(*, actor: Actor, seat_id: int, now: datetime | None = None) -> Seat:
    """An administrator logs somebody off: 60 seconds later in a set (S12.4), at once in the inventory app (S12.5).

    Locks the product, then the seat. Asking again does not begin the countdown anew. Raises NotFound, InputError.
    """
    at = now or timezone.now()
    seat = _locked(seat_id, None)
    require_admin(actor=actor, company=seat.subscription.company)
    _close_over(seat.subscription, at)
    seat.refresh_from_db()
    if seat.ended_at is not None:
        raise InputError("seat", _("This user has left meanwhile."))
    if seat.account_set_id is None:
        _close([seat], End.LOGGED_OFF, at)
    elif seat.ending_at is None:
        seat.ending_at = at + policy.COUNTDOWN
        seat.save(update_fields=["ending_at"])
    facts: dict[str, Any] = {"person": str(seat.user), "set": seat.account_set.name if seat.account_set else ""}
    record("seat.logged_off", actor=actor, account=seat.subscription.company.account, subject=seat, at=at, **facts)
    return seat


@atomic
def end_seats(*, account_set: AccountSet, user: User | None = None, now: datetime | None = None) -> int:
    """Nobody, or not this person, is in the set any more: it was deleted, or the person disabled.

    Who has no other set of the product is out of its inventory app, too. Call it after that is written. Locks the
    product.
    """
    product = locked_product(subscription_id=account_set.subscription_id)
    seats = Seat.objects.filter(subscription=product, ended_at=None)
    if user is not None:
        seats = seats.filter(user=user)
    left = SetUser.objects.filter(state=SetUser.State.ENABLED, account_set__subscription=product)
    others = left.exclude(account_set=account_set).exclude(account_set__state=AccountSet.State.DELETED)
    found = list(seats.filter(account_set=account_set))
    found += seats.filter(account_set=None).exclude(user__in=others.values("user"))
    _close(found, End.REVOKED, now or timezone.now())
    return len(found)


def product_of(*, seat_id: int) -> int:
    """The product of a seat, or NotFound."""
    found = Seat.objects.filter(pk=seat_id).values_list("subscription", flat=True).first()
    if found is None:
        raise NotFound()
    return found


def close_silent(*, now: datetime | None = None) -> int:
    """Seats that are over say so in their rows, product by product; for the job, since reading judges them anyway."""
    at = now or timezone.now()
    open_seats = Seat.objects.filter(ended_at=None).exclude(pk__in=Seat.objects.taken(at=at).values("pk"))
    products = list(open_seats.values_list("subscription", flat=True).distinct()[:1000])
    return sum(_close_of(pk, at) for pk in products)


@atomic
def _close_of(subscription_id: int, at: datetime) -> int:
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
    return _close_over(rows.get(pk=subscription_id), at)


def _locked(seat_id: int, device: Device | None) -> Seat:
    """The seat, after its product, so that who enters and who leaves go one after the other."""
    found = Seat.objects.filter(pk=seat_id)
    if device is not None:
        found = found.filter(device=device)
    subscription_id = found.values_list("subscription", flat=True).first()
    if subscription_id is None:
        raise NotFound()
    Subscription.objects.select_for_update(of=("self",), no_key=True).get(pk=subscription_id)
    joined = ("subscription__company__account", "user", "account_set", "asked_by")
    return Seat.objects.select_for_update(of=("self",)).select_related(*joined).get(pk=seat_id)


def _taken(product: Subscription, at: datetime) -> "models.QuerySet[Seat]":
    return Seat.objects.taken(at=at).filter(subscription=product).select_related("user")


def _close_over(product: Subscription, at: datetime) -> int:
    """Whose countdown is over or who is not heard of has left, as of the moment when that came true."""
    seats = list(product.seats.filter(ended_at=None).select_for_update())
    over = [seat for seat in seats if seat.ending_at is not None and seat.ending_at <= at]
    silent = [seat for seat in seats if seat not in over and seat.seen_at <= at - policy.SEAT_SILENCE]
    _close(over, End.LOGGED_OFF, at)
    _close(silent, End.SILENT, at)
    return len(over) + len(silent)


def _close(seats: list[Seat], end: Seat.End, at: datetime) -> None:
    for seat in seats:
        seat.ended_at, seat.end = at, end
        seat.save(update_fields=["ended_at", "end"])


def _asker(seat: Seat, at: datetime) -> str:
    recent = seat.asked_at is not None and at - seat.asked_at < policy.ASK_EVERY
    return str(seat.asked_by) if recent and seat.asked_by is not None else ""
