"""Keys of business systems."""

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, person_of, require, rights_of
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account, ApiKey, OneTimeCode
from accounts.models.api_key import Scope
from accounts.names import clean_name
from accounts.permissions import Right
from accounts.services.codes import require_clearance
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic


def digest_of(*, secret: str) -> str:
    """What is kept of a key; it has 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


RIGHT_BEHIND: dict[str, Right] = {
    Scope.READ: Right.VIEW,
    Scope.WRITE: Right.MANAGE_LINKS,
    Scope.FUNDS_READ: Right.SEE_FINANCE,
    Scope.FUNDS_WRITE: Right.MOVE_FUNDS,
    Scope.BILLS_READ: Right.SEE_FINANCE,
    Scope.BILLS_WRITE: Right.MOVE_FUNDS,
    Scope.INVOICES_READ: Right.SEE_FINANCE,
    Scope.INVOICES_WRITE: Right.MANAGE_INVOICES,
    Scope.PRODUCTS_READ: Right.MANAGE_KEYS,
    Scope.PRODUCTS_WRITE: Right.MANAGE_KEYS,
    Scope.SETS_READ: Right.MANAGE_KEYS,
    Scope.SETS_WRITE: Right.MANAGE_KEYS,
    Scope.BOOKS_READ: Right.MANAGE_KEYS,
    Scope.BOOKS_WRITE: Right.MANAGE_KEYS,
}


def grantable_scopes(*, actor: Actor, account: Account) -> list[Scope]:
    """What the actor may do itself, and so may let a key do: through a member's console neither links nor funds."""
    rights = rights_of(actor, account)
    return [scope for scope in Scope if RIGHT_BEHIND[scope] in rights]


@atomic
def create_key(
    *, actor: Actor, account: Account, name: str, scopes: list[str], now: datetime | None = None
) -> tuple[ApiKey, str]:
    """The key and its secret, which is shown this once and never again. Locks the account; spends a passed code.

    Nobody lets a key do more than they may do themselves (K13.4).
    """
    require(actor, Right.MANAGE_KEYS, account)
    label = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    if not scopes or set(scopes) - set(Scope.values):
        raise InputError("scopes", _("Choose at least one of the offered scopes."))
    for scope in scopes:
        require(actor, RIGHT_BEHIND[scope], account)
    lock_accounts(account.pk)
    if account.api_keys.usable().count() >= policy.API_KEYS_MAX:
        raise DomainError(_("An account has at most %(limit)s keys. Revoke one first."), limit=policy.API_KEYS_MAX)
    binding = f"account:{account.pk}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.CREATE_KEY, binding=binding, now=now)
    secret = f"tz_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        account=account,
        name=label,
        prefix=secret[:8],
        digest=digest_of(secret=secret),
        scopes=[scope.value for scope in Scope if scope in scopes],
        created_by=person_of(actor),
    )
    record("api_key.created", actor=actor, account=account, subject=key, name=label, scopes=key.scopes)
    return key, secret


def note_use(*, key: ApiKey, now: datetime | None = None) -> None:
    """The key was used at this moment, noted at most once a minute: reading must not mean writing each time."""
    at = now or timezone.now()
    stale = at - policy.API_KEY_USED_EVERY
    if key.used_at is None or key.used_at <= stale:
        unnoted = models.Q(used_at__isnull=True) | models.Q(used_at__lte=stale)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(used_at=at)


@atomic
def revoke_key(*, actor: Actor, account: Account, key_id: int, now: datetime | None = None) -> ApiKey:
    """The key stops working at once; revoking it again changes nothing. Locks the key."""
    require(actor, Right.MANAGE_KEYS, account)
    key = account.api_keys.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound()
    if key.revoked_at is None:
        key.revoked_at = now or timezone.now()
        key.save(update_fields=["revoked_at"])
        record("api_key.revoked", actor=actor, account=account, subject=key, name=key.name)
    return key
