"""Seats: who is in which set. Never more at once than were bought, whoever comes at the same moment (S8, S12, S20).

One person in one set is one seat. The same device comes back into it, another device takes it over, several sets are
several seats. Who is not heard of for some minutes has left.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
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
from kiscloud.services.subscriptions import locked_product, require_open

End = Seat.End


class SeatsTaken(DomainError):
    """As many are in as were bought (S8.5, S12.2)."""

    code = "seats_taken"
    rule = "S12.2"
    sentence = _(
        "All %(users)s users of %(product)s are in. %(idle)s has done nothing for %(minutes)s minutes, the longest."
    )
    hint = _("Ask somebody to leave, or ask an administrator to log somebody off or to buy more users.")


class NotAdded(DomainError):
    """Nobody enters a set to which no administrator added him (S2.10, S19.5)."""

    code = "not_in_set"
    rule = "S19.5"
    status = 403
    sentence = _("You have not been added to this account set, or no longer.")
    hint = _("Ask an administrator of the company to add you to an account set first.")


class SetNotReady(DomainError):
    """It is being made, restored, or did not come about."""

    code = "set_not_ready"
    sentence = _("The account set “%(set)s” cannot be entered now: it is “%(state)s”.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a client learns of its seat: whether it is still in, and if it must leave, in how many seconds."""

    inside: bool
    end: str = ""
    seconds_left: int | None = None


@dataclass(frozen=True, slots=True)
class Online:
    """A seat on the page of online users: for how long nothing was done, and how long a countdown still runs."""

    seat: Seat
    idle: timedelta
    seconds_left: int | None


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
    if device.user_id != user.pk or device.revoked_at is not None:
        raise NotFound()
    _close_over(product, at)
    own = product.seats.filter(account_set=account_set, user=user, ended_at=None).first()
    if own is not None and own.device_id == device.pk:
        own.seen_at = own.used_at = at
        own.save(update_fields=["seen_at", "used_at"])
        return own
    if own is not None:
        _close([own], End.OTHER_DEVICE, at)
    elif (taken := list(_taken(product, at))) and len(taken) >= product.users_total:
        raise _full(product, taken, at)
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
    if account_set is not None:
        Device.objects.filter(pk=device.pk).update(last_set=account_set, seen_at=at)
    facts: dict[str, Any] = {"set": account_set.name if account_set else "", "device": str(device)}
    record("seat.entered", actor=actor, account=product.company.account, subject=seat, at=at, **facts)
    return seat


def _full(product: Subscription, taken: list[Seat], at: datetime) -> SeatsTaken:
    idle = min(taken, key=lambda seat: seat.used_at)
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
    return Standing(inside=True, seconds_left=_seconds_left(seat, at))


@atomic
def leave(*, seat_id: int, device: Device, now: datetime | None = None) -> None:
    """The seat is free at once; leaving twice is no error. Locks as `beat`."""
    at = now or timezone.now()
    seat = _locked(seat_id, device)
    if seat.ended_at is None:
        _close([seat], End.LEFT, at)


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
    """Nobody, or not this person, is in the set any more: it was deleted, or the person disabled. Locks the product."""
    locked_product(subscription_id=account_set.subscription_id)
    seats = Seat.objects.filter(account_set=account_set, ended_at=None)
    found = list(seats.filter(user=user) if user is not None else seats)
    _close(found, End.REVOKED, now or timezone.now())
    return len(found)


def online_users(*, product: Subscription, now: datetime | None = None) -> list[Online]:
    """Everybody who is in, in the order in which they came (S12.1)."""
    at = now or timezone.now()
    seats = _taken(product, at).select_related("user", "device", "account_set")
    return [Online(seat, at - seat.used_at, _seconds_left(seat, at)) for seat in seats.order_by("started_at", "pk")]


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
    joined = ("subscription__company__account", "user", "account_set")
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


def _seconds_left(seat: Seat, at: datetime) -> int | None:
    if seat.ending_at is None:
        return None
    return max(0, -int((at - seat.ending_at) // timedelta(seconds=1)))
