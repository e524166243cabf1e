"""What support does with activation keys: the letter sent once more, and a key that opens nothing any more."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.names import clean_remark
from config.errors import InputError, NotFound
from config.transactions import atomic
from kiscloud.models import ActivationKey
from kiscloud.services.activation import KeyUsed

PERMISSION: Final = "kiscloud.change_activationkey"


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
