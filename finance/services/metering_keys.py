"""Keys of the vendor's metering, made and stopped by staff."""

import secrets
from datetime import datetime

from django.utils import timezone

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.names import clean_name
from accounts.services.api_keys import digest_of
from config.errors import NotFound
from config.transactions import atomic
from finance.models import MeteringKey


@atomic
def create_metering_key(*, actor: Actor, name: str) -> tuple[MeteringKey, str]:
    """The key and its secret, which is shown this once and never again."""
    staff = require_staff(actor, "finance.add_meteringkey")
    label = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    secret = f"tm_{secrets.token_urlsafe(32)}"
    key = MeteringKey.objects.create(name=label, prefix=secret[:8], digest=digest_of(secret=secret), created_by=staff)
    record("metering_key.created", actor=actor, account=None, subject=key, name=key.name)
    return key, secret


@atomic
def revoke_metering_key(*, actor: Actor, key_id: int, now: datetime | None = None) -> MeteringKey:
    """The key stops working at once. Locks it."""
    require_staff(actor, "finance.change_meteringkey")
    key = MeteringKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound()
    if key.revoked_at is None:
        key.revoked_at = now or timezone.now()
        key.save(update_fields=["revoked_at"])
        record("metering_key.revoked", actor=actor, account=None, subject=key, name=key.name)
    return key
