"""Devices: clients that a person logged in with, their tokens, and what they remember (S20.3–S20.5, S20.11–S20.17).

A token is shown once and kept as a digest. Revoking is two steps: first the device, then its seats, product by
product. Whoever enters looks at the device again under the product's lock, so no seat comes after the revocation.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, person_of
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import User
from accounts.services.api_keys import digest_of
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import Device, Platform
from kiscloud.services.seats import leave_all

TOKEN = "td_"  # noqa: S105  (how every token begins)
SEEN_EVERY = timedelta(minutes=1)


class TooManyDevices(DomainError):
    """A person has so many clients at once."""

    code = "too_many_devices"
    sentence = _("You are logged in on %(most)s devices already.")
    hint = _("Remove one that you no longer use under “My clients” in the browser.")


@atomic
def log_in(
    *,
    actor: Actor,
    installation: str,
    platform: str,
    name: str = "",
    version: str = "",
    remember: bool = False,
    now: datetime | None = None,
) -> tuple[Device, str]:
    """The device is logged in for its person, with a new token in place of an older one; answers both.

    The token is good for 90 days if it is remembered, else for half a day. Locks the person's devices. Raises
    InputError, TooManyDevices.
    """
    user, at = person_of(actor), now or timezone.now()
    if platform not in Platform.values or platform == Platform.WEB:
        raise InputError("platform", _("Clients run on Windows, Mac, iPhone, iPad or Android."))
    lock_name(f"devices:{user.pk}")
    device = user.devices.filter(installation=installation).first()
    if (device is None or not _is_in(device, at)) and logged_in(user=user, now=at).count() >= policy.DEVICES_MAX:
        raise TooManyDevices(most=policy.DEVICES_MAX)
    device = device or Device(user=user, installation=installation, created_at=at)
    secret = f"{TOKEN}{secrets.token_urlsafe(32)}"
    device.platform, device.name, device.version = platform, name, version
    device.digest, device.revoked_at, device.seen_at = digest_of(secret=secret), None, at
    device.token_until = at + (policy.DEVICE_LIFE if remember else policy.SESSION_LIFE)
    if device.pk is None:
        device.save(force_insert=True)
    else:
        fields = ["platform", "name", "version", "digest", "revoked_at", "seen_at", "token_until"]
        device.save(update_fields=fields)
    record("device.logged_in", actor=actor, account=None, subject=device, at=at, device=str(device))
    return device, secret


def device_by_token(*, token: str, now: datetime | None = None) -> Device | None:
    """The device whose token this is, if its time is not over and nobody revoked it; it was seen now."""
    at = now or timezone.now()
    found = Device.objects.filter(digest=digest_of(secret=token), revoked_at=None, token_until__gt=at)
    device = found.select_related("user").first()
    if device is None or not device.user.is_active:
        return None
    if at - device.seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(seen_at=at)
        device.seen_at = at
    return device


def logged_in(*, user: User, now: datetime | None = None) -> "models.QuerySet[Device]":
    """The person's clients that need no password now."""
    return user.devices.filter(revoked_at=None, token_until__gt=now or timezone.now()).exclude(digest="")


def clients_of(*, user: User) -> "models.QuerySet[Device]":
    """Every client that the person has and did not remove."""
    return user.devices.filter(revoked_at=None).exclude(platform=Platform.WEB).select_related("last_set")


def log_out(*, device: Device, now: datetime | None = None) -> None:
    """The token opens nothing any more and the device's seats are free; the client stays installed (S20.4)."""
    at = now or timezone.now()
    _close(device=device, at=at)
    leave_all(device=device, now=at)


def remove_device(*, actor: Actor, device_id: int, now: datetime | None = None) -> None:
    """The same, and the client is no longer there: uninstalled (S20.17), or thrown out in the browser.

    Raises NotFound for somebody else's.
    """
    user, at = person_of(actor), now or timezone.now()
    device = clients_of(user=user).filter(pk=device_id).first()
    if device is None:
        raise NotFound()
    _remove(actor=actor, device=device, at=at)
    leave_all(device=device, now=at)


def remove_devices(*, actor: Actor, now: datetime | None = None) -> int:
    """None of the person's clients is logged in any more; answers how many were removed."""
    found = list(clients_of(user=person_of(actor)))
    for device in found:
        remove_device(actor=actor, device_id=device.pk, now=now)
    return len(found)


@atomic
def choose_preferences(*, device: Device, preferences: Mapping[str, Any]) -> Device:
    """The device remembers these in place of those of the same names; None forgets one (S20.11–S20.13).

    Locks the device. Raises InputError where they are too many.
    """
    row = Device.objects.select_for_update(of=("self",), no_key=True).get(pk=device.pk)
    merged = {name: value for name, value in {**row.preferences, **preferences}.items() if value is not None}
    if len(json.dumps(merged, ensure_ascii=False).encode()) > policy.PREFERENCES_MAX:
        raise InputError("preferences", _("Preferences take at most %(most)s bytes."), most=policy.PREFERENCES_MAX)
    row.preferences = merged
    row.save(update_fields=["preferences"])
    return row


@atomic
def _close(*, device: Device, at: datetime) -> None:
    row = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    row.digest, row.token_until, row.seen_at = "", None, at
    row.save(update_fields=["digest", "token_until", "seen_at"])


@atomic
def _remove(*, actor: Actor, device: Device, at: datetime) -> None:
    _close(device=device, at=at)
    Device.objects.filter(pk=device.pk).update(revoked_at=at)
    record("device.removed", actor=actor, account=None, subject=device, at=at, device=str(device))


def _is_in(device: Device, at: datetime) -> bool:
    return bool(device.digest) and device.revoked_at is None and (device.token_until or at) > at
