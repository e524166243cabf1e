"""One-time codes: sent, passed, spent.

A code is good for one purpose and one object (`binding`). Sending and trying commit by themselves, so that a refused
act never forgives a wrong try; spending belongs to the transaction of the act it was asked for.
"""

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts import policy, sms
from accounts.actors import Actor, Door
from accounts.locks import lock_name
from accounts.models import OneTimeCode, User
from config.errors import DomainError, InputError, TooMany


class CodeTooSoon(TooMany):
    """Less than 60 seconds since the last one (S15.3, S16.13)."""

    code = "code_too_soon"
    sentence = _("A code was sent a moment ago. You can ask for another in %(seconds)s seconds.")


class CodesUsedUp(TooMany):
    """Six a day and number and purpose (S15.4, S16.13)."""

    code = "codes_used_up"
    sentence = _("All %(limit)s codes of today for this purpose have been sent. Please try again tomorrow.")


class CodeNotSent(DomainError):
    """The provider did not take it; it does not count (Q-13)."""

    code = "code_not_sent"
    status = 503
    sentence = _("The text message could not be sent. Nothing was counted; please try again in a moment.")


class CodeNeeded(DomainError):
    """A delicate act without a passed code."""

    code = "code_needed"
    status = 403
    sentence = _("Please confirm with a code sent to your mobile number first.")


class NoMobile(DomainError):
    """Nowhere to send a code to."""

    code = "no_mobile"
    sentence = _("Your login has no mobile number. Add one under “My login” first.")


def _digest(row: OneTimeCode, code: str) -> str:
    bound = f"{row.purpose}|{row.mobile}|{row.binding}|{row.sent_at.isoformat()}|{code}"
    return hmac.new(settings.SECRET_KEY.encode(), b"one-time-code|" + bound.encode(), hashlib.sha256).hexdigest()


def send_code(
    *, purpose: str, mobile: str, binding: str = "", user: User | None = None, now: datetime | None = None
) -> OneTimeCode:
    """Sends a fresh code, valid five minutes; earlier ones for the same purpose and object stop working.

    Locked: number and purpose together, so that parallel requests cannot pass the interval or the daily limit.
    The text goes out after the commit. Raises CodeTooSoon, CodesUsedUp, CodeNotSent.
    """
    at = now or timezone.now()
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic(durable=True):
        lock_name(f"code:{mobile}:{purpose}")
        _check_limits(purpose, mobile, at)
        earlier = OneTimeCode.objects.filter(purpose=purpose, mobile=mobile, passed_at=None, replaced_at=None)
        earlier.update(replaced_at=at)
        row = OneTimeCode(
            purpose=purpose, mobile=mobile, binding=binding, user=user, sent_at=at, expires_at=at + policy.CODE_LIFE
        )
        row.digest, row.accepted_by_provider = _digest(row, code), True
        row.save(force_insert=True)
    result = sms.send(mobile=mobile, template="code", params={"code": code}, out_id=f"code-{row.pk}")
    if not result.accepted and result.category != "unknown_outcome":
        OneTimeCode.objects.filter(pk=row.pk).update(accepted_by_provider=False, replaced_at=at)
        raise CodeNotSent()
    return row


def _check_limits(purpose: str, mobile: str, at: datetime) -> None:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = OneTimeCode.objects.filter(purpose=purpose, mobile=mobile, accepted_by_provider=True)
    last = sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
    if last is not None and at < last + policy.CODE_INTERVAL:
        left = last + policy.CODE_INTERVAL - at
        raise CodeTooSoon(seconds=max(1, round(left.total_seconds())))
    if sent.filter(sent_at__gte=midnight).count() >= policy.CODES_PER_DAY_MAX:
        raise CodesUsedUp(limit=policy.CODES_PER_DAY_MAX, seconds=0)


@dataclass(frozen=True, slots=True)
class Sending:
    """How it stands between a number and a code, for the page that asks for it."""

    waiting: bool  # one has been sent and can still be typed
    seconds: int  # until another may be sent


def sending_of(*, purpose: str, mobile: str, binding: str = "", now: datetime | None = None) -> Sending:
    """What the page has to say: whether a code is waiting to be typed, and when the next can be asked for."""
    at = now or timezone.now()
    sent = OneTimeCode.objects.filter(purpose=purpose, mobile=mobile, accepted_by_provider=True)
    last = sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
    left = (last + policy.CODE_INTERVAL - at).total_seconds() if last else 0
    live = sent.filter(binding=binding, passed_at=None, replaced_at=None, expires_at__gt=at)
    live = live.filter(tries__lt=policy.CODE_TRIES_MAX)
    return Sending(waiting=live.exists(), seconds=max(0, math.ceil(left)))


def confirm_code(
    *, purpose: str, mobile: str, code: str, binding: str = "", now: datetime | None = None
) -> OneTimeCode:
    """The code has been typed rightly and can be spent once, on the act it was asked for, within 15 minutes.

    Every try is counted and committed before it is judged; the fifth wrong one locks the code. Raises InputError.
    """
    at = now or timezone.now()
    with transaction.atomic(durable=True):
        row = (
            OneTimeCode.objects.filter(purpose=purpose, mobile=mobile, binding=binding, replaced_at=None)
            .order_by("-sent_at", "-id")
            .first()
        )
        counted = 0
        if row is not None:
            live = OneTimeCode.objects.filter(pk=row.pk, passed_at=None, expires_at__gt=at)
            counted = live.filter(tries__lt=policy.CODE_TRIES_MAX).update(tries=F("tries") + 1)
            row.refresh_from_db(fields=["tries", "passed_at"])  # with this try and those of others
    if row is None or row.passed_at is not None:
        raise InputError("code", _("There is no code waiting. Please ask for a new one."))
    if not counted:
        if row.tries >= policy.CODE_TRIES_MAX:
            raise InputError("code", _("This code was tried too often and is locked. Please ask for a new one."))
        raise InputError("code", _("This code has expired. Please ask for a new one."))
    if not constant_time_compare(row.digest, _digest(row, code.strip())):
        left = policy.CODE_TRIES_MAX - row.tries
        if left <= 0:
            raise InputError("code", _("Wrong code. It is locked now; please ask for a new one."))
        raise InputError("code", _("Wrong code. %(left)s tries left."), left=left)
    if not OneTimeCode.objects.filter(pk=row.pk, passed_at=None).update(passed_at=at):
        raise InputError("code", _("There is no code waiting. Please ask for a new one."))
    row.passed_at = at
    return row


def has_clearance(*, user: User, purpose: str, binding: str = "", now: datetime | None = None) -> bool:
    """Whether this person passed a code for this purpose and object and has not used it up."""
    return _clearances(user.mobile or "", purpose, binding, now or timezone.now()).exists()


def spend_clearance(*, mobile: str, purpose: str, binding: str = "", now: datetime | None = None) -> None:
    """Uses up one passed code, inside the caller's transaction. Locks its row; raises CodeNeeded."""
    at = now or timezone.now()
    row = _clearances(mobile, purpose, binding, at).select_for_update().first() if mobile else None
    if row is None:
        raise CodeNeeded()
    row.spent_at = at
    row.save(update_fields=["spent_at"])


def require_clearance(
    *, actor: Actor, purpose: str, binding: str = "", holder: User | None = None, now: datetime | None = None
) -> None:
    """In the console a delicate act spends a passed code; keys, staff and the system have proved themselves already.

    The code went to the holder's phone, by default to that of the person who acts.
    """
    if actor.door != Door.CONSOLE or actor.cleared:
        return
    whose = holder or actor.user
    if whose is None or not whose.mobile:
        raise NoMobile()
    spend_clearance(mobile=whose.mobile, purpose=purpose, binding=binding, now=now)


def _clearances(mobile: str, purpose: str, binding: str, at: datetime) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(
        purpose=purpose,
        mobile=mobile,
        binding=binding,
        passed_at__gt=at - policy.CLEARANCE_LIFE,
        spent_at=None,
    ).order_by("passed_at")
