"""Browsers that work in a set or in the inventory app: each is a device of its person and takes a seat as any client
does (S8.4–S8.8, S12).

A browser does not log in again, so it is told once when its seat was taken away, and comes back only if the person says
so; else nobody could ever be logged off.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from config.errors import DomainError
from kiscloud.models import AccountSet, Device, Platform, Seat, Subscription
from kiscloud.services.seats import Standing, beat, enter_inventory, enter_set, leave
from kiscloud.services.waits import stop_waiting

SEEN_EVERY = timedelta(seconds=30)  # nothing is written oftener while somebody clicks through pages


class SeatEnded(DomainError):
    """The seat of this browser was taken away."""

    code = "seat_ended"
    hint = _("Come in again if you still need it.")


_TAKEN_AWAY: Final[Mapping[str, Promise]] = {
    Seat.End.LOGGED_OFF: _("An administrator has logged you off."),
    Seat.End.OTHER_DEVICE: _("You came in on another device, so you are out here."),
}


def browser_of(*, user: User, installation: str, name: str, now: datetime | None = None) -> Device:
    """The browser as a device of the person; it has no token of its own, the session opens everything."""
    at = now or timezone.now()
    facts = {"platform": Platform.WEB, "name": name[:80], "created_at": at, "seen_at": at}
    return Device.objects.get_or_create(user=user, installation=installation, defaults=facts)[0]


def keep_seat(
    *, actor: Actor, device: Device, product: Subscription, account_set: AccountSet | None, now: datetime | None = None
) -> None:
    """The browser is in the set, or without one in the inventory app, and its person did something now.

    Raises SeatEnded where its seat was taken away, and what `come_in` raises where it has none.
    """
    at = now or timezone.now()
    last = _last(device, product, account_set)
    if last is not None and last.ended_at is None:
        if at - last.used_at < SEEN_EVERY and last.ending_at is None:
            return
        standing = beat(seat_id=last.pk, device=device, now=at)
        if standing.inside:
            return
        last.end = standing.end
    if last is not None and (told := told_of(end=last.end)):
        raise SeatEnded(told)
    come_in(actor=actor, device=device, product=product, account_set=account_set, now=at)


def come_in(
    *, actor: Actor, device: Device, product: Subscription, account_set: AccountSet | None, now: datetime | None = None
) -> Seat:
    """The browser takes a seat, or is back on its own. Raises as `enter_set` and `enter_inventory`."""
    if account_set is not None:
        return enter_set(actor=actor, set_id=account_set.pk, device=device, now=now)
    return enter_inventory(actor=actor, subscription_id=product.pk, device=device, now=now)


def watch_seat(
    *, device: Device, product: Subscription, account_set: AccountSet | None, now: datetime | None = None
) -> Standing:
    """How the browser stands, whose page is open though nothing is done in it. Takes no seat."""
    last = _last(device, product, account_set)
    if last is None:
        return Standing(inside=False, end=Seat.End.LEFT)
    if last.ended_at is not None:
        return Standing(inside=False, end=last.end)
    return beat(seat_id=last.pk, device=device, active=False, now=now)


def told_of(*, end: str) -> str | Promise:
    """What the person reads whose seat ended so; nothing where it was not taken away."""
    return _TAKEN_AWAY.get(end, "")


def leave_seat(
    *, actor: Actor, device: Device, product: Subscription, account_set: AccountSet | None, now: datetime | None = None
) -> None:
    """The seat is free at once, and so is a place in the queue. Locks the product where there is a seat."""
    last = _last(device, product, account_set)
    if last is not None:
        leave(seat_id=last.pk, device=device, now=now)
    stop_waiting(actor=actor, product_id=product.pk, account_set=account_set)


def _last(device: Device, product: Subscription, account_set: AccountSet | None) -> Seat | None:
    return Seat.objects.filter(device=device, subscription=product, account_set=account_set).order_by("-pk").first()
