"""The second factor of support staff: an authenticator app that shows six digits, each good for one log-in."""

import time
from binascii import unhexlify
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from accounts.actors import Actor, require_staff
from accounts.events import record
from accounts.models import User
from config.errors import DomainError, InputError, NotFound, TooMany
from config.transactions import atomic

KEY_BYTES = 20
STEP_SECONDS = 30
WRONG_CODE = _("This code does not fit, or it was used already. Wait for the next one in your app.")


class AlreadySetUp(DomainError):
    """There is an app already; whoever lost it asks a colleague."""

    code = "second_factor_set_up"
    sentence = _("Your login has a second factor already. If the app is lost, ask a colleague to remove it.")


def new_key() -> str:
    """A fresh key of 160 bits, in hex."""
    return str(random_hex(KEY_BYTES))


def device_of(*, user: User) -> TOTPDevice | None:
    """The app that this person has confirmed, if any."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()
    return found


def unsaved_device(*, user: User, key: str) -> TOTPDevice:
    """What the app would be with this key: it knows the address for the QR code."""
    return TOTPDevice(user=user, name="authenticator", key=key, confirmed=True)


@atomic
def set_up(*, actor: Actor, key: str, code: str) -> TOTPDevice:
    """The app with this key is the person's second factor; the code that proved it is used up. Locks the person."""
    user = User.objects.select_for_update().get(pk=actor.user.pk if actor.user else 0)
    if device_of(user=user) is not None:
        raise AlreadySetUp()
    totp = _clock(key)
    if not code.isdecimal() or not totp.verify(int(code), tolerance=1):
        raise InputError("code", WRONG_CODE)
    device = unsaved_device(user=user, key=key)
    device.last_t = totp.t()
    device.save(force_insert=True)
    record("second_factor.set_up", actor=actor, account=None, subject=user)
    return device


def verify(*, user: User, code: str) -> TOTPDevice:
    """The code is right and used up. A wrong one is counted, whatever follows. Locks the device.

    Raises InputError for a wrong or used code, TooMany while wrong ones make it wait.
    """
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).order_by("pk").first()
        if device is None:
            raise NotFound()
        allowed, why = device.verify_is_allowed()
        passed = allowed and device.verify_token(code)
    if not allowed:
        raise TooMany(seconds=_seconds_until((why or {}).get("locked_until")))
    if not passed:
        raise InputError("code", WRONG_CODE)
    return device


@atomic
def remove(*, actor: Actor, user_id: int) -> User:
    """The person has no second factor and is logged out; the next log-in leads to setting one up. Locks the person."""
    staff = require_staff(actor, "accounts.change_user")
    if staff.pk == user_id:
        raise DomainError(_("Nobody removes their own second factor. Ask a colleague."))
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound()
    TOTPDevice.objects.filter(user=user).delete()
    user.sessions.all().delete()
    record("second_factor.removed", actor=actor, account=None, subject=user)
    return user


def code_now(*, user: User) -> tuple[str, int]:
    """For development: a code that will be accepted, and the seconds that it stays so. Raises NotFound, TooMany."""
    device = device_of(user=user)
    if device is None:
        raise NotFound()
    totp = _clock(device.key)
    step = max(totp.t(), device.last_t + 1)
    left = round((step + 2) * STEP_SECONDS - time.time())
    if step > totp.t() + 1:
        raise TooMany(seconds=(step - totp.t() - 1) * STEP_SECONDS)
    totp.time = time.time() + (step - totp.t()) * STEP_SECONDS
    return f"{totp.token():06d}", left


def _clock(key: str) -> TOTP:
    totp = TOTP(unhexlify(key.encode()), step=STEP_SECONDS)
    totp.time = time.time()
    return totp


def _seconds_until(moment: datetime | None) -> int:
    return 1 if moment is None else max(1, round((moment - timezone.now()).total_seconds()))
