"""Activation keys that wait to be used: their letter sent once more, and what support does with them."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import OneTimeCode
from accounts.names import clean_remark
from accounts.services.codes import require_clearance
from config import limits
from config.errors import InputError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import ActivationKey, Company
from kiscloud.services.activation import HOUR, KeyUsed
from kiscloud.services.companies import require_admin

PERMISSION: Final = "kiscloud.change_activationkey"


def send_key_again(*, actor: Actor, key_id: int, now: datetime | None = None) -> ActivationKey:
    """The letter with serial number and CD-Key leaves once more; the CD-Key of the letter before opens nothing then.

    By an administrator of the company that ordered it, with a code: the key that was sent before dies. Locks the key.
    Raises NotFound, KeyUsed, CodeNeeded, TooMany; call it outside of transactions, because every letter counts.
    """
    at = now or timezone.now()
    company = Company.objects.standing().filter(account__in=_ordered_by(key_id)).first()
    if company is None:
        raise NotFound()
    require_admin(actor=actor, company=company)
    limits.hit("kis.key.letter", str(key_id), limit=policy.KEY_LETTERS, seconds=HOUR, now=at)
    return _send_again(actor, key_id, at)


def bound_to(*, key_id: int) -> str:
    """What the code for a letter is bound to."""
    return f"key:{key_id}"


def _ordered_by(key_id: int) -> "QuerySet[ActivationKey, int]":
    return ActivationKey.objects.filter(pk=key_id).values_list("account", flat=True)


@atomic
def _send_again(actor: Actor, key_id: int, at: datetime) -> ActivationKey:
    key = ActivationKey.objects.unused().select_for_update().filter(pk=key_id).first()
    if key is None:
        raise KeyUsed()
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.SEND_KEY, binding=bound_to(key_id=key_id), now=at)
    record("activation_key.sent_again", actor=actor, account=key.account, subject=key, at=at, serial=key.serial)
    return key


@atomic
def resend_key(*, actor: Actor, key_id: int, now: datetime | None = None) -> ActivationKey:
    """The letter leaves once more, to the owners of the account that ordered; earlier CD-Keys open nothing then.

    Locks the key. Staff only. Raises NotFound, KeyUsed.
    """
    key = _open_key(actor, key_id)
    at = now or timezone.now()
    record("activation_key.sent_again", actor=actor, account=key.account, subject=key, at=at, serial=key.serial)
    return key


@atomic
def withdraw_key(*, actor: Actor, key_id: int, reason: str, now: datetime | None = None) -> ActivationKey:
    """It opens nothing any more, and why stays on record; the order stays as it is.

    Locks the key. Staff only. Raises NotFound, KeyUsed, InputError without a reason.
    """
    key = _open_key(actor, key_id)
    if not (why := cleaned("reason", clean_remark, reason)):
        raise InputError("reason", _("Write a reason: it stays on record."))
    at = now or timezone.now()
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    record(
        "activation_key.withdrawn",
        actor=actor,
        account=key.account,
        subject=key,
        at=at,
        serial=key.serial,
        reason=why,
    )
    return key


def _open_key(actor: Actor, key_id: int) -> ActivationKey:
    require_staff(actor, PERMISSION)
    key = ActivationKey.objects.select_for_update(of=["self"]).select_related("account").filter(pk=key_id).first()
    if key is None:
        raise NotFound()
    if key.used_at is not None or key.revoked_at is not None:
        raise KeyUsed()
    return key
