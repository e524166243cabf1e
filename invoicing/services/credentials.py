"""What a tenant's business systems log in with: made once, shown once, renewed (I5.2, Q-28).

Why it is handled so. The activation letter holds a link and a key in one mail, so it is no second factor, and a mailbox
is read by more people than one. Therefore no letter, event, log or list ever holds a secret: the letter names the
client id and leads to a page, which asks for a code by text message, shows the secrets in that one answer, and from
then on only renews them.
"""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require, require_staff
from accounts.events import record
from accounts.models import OneTimeCode
from accounts.permissions import Right
from accounts.services.codes import require_clearance
from config.errors import DomainError, NotFound
from config.sealing import seal
from config.transactions import atomic
from invoicing import policy
from invoicing.client_secrets import ENCRYPT_KEY, SECRET, encrypt_keys_at, secrets_at
from invoicing.models import Credential, Tenant

PERMISSION: Final = "invoicing.change_credential"
SIGNS: Final = string.ascii_letters + string.digits
CLIENT_ID_LENGTH: Final = 20
ENCRYPT_KEY_LENGTH: Final = 16  # AES-128: the contract takes the characters as the key


class ShownAlready(DomainError):
    """Secrets are read once (Q-28)."""

    code = "credential_shown"
    rule = "I5.2"
    sentence = _("These keys were shown on %(day)s and are not shown again.")
    hint = _("Renew them if they were lost: the old ones still work for a day.")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Client secret and encryption key, for the one answer that shows them; its text tells nothing."""

    secret: str
    encrypt_key: str


def ensure_credential(*, tenant: Tenant, at: datetime) -> Credential:
    """The tenant's credential, made the first time; inside the transaction of a service. Locks the tenant."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if (known := Credential.objects.filter(tenant=tenant).first()) is not None:
        return known
    keys = _draw()
    return Credential.objects.create(
        tenant=tenant,
        client_id=_signs(CLIENT_ID_LENGTH),
        secret=seal(keys.secret, purpose=SECRET),
        encrypt_key=seal(keys.encrypt_key, purpose=ENCRYPT_KEY),
        created_at=at,
    )


@atomic
def show_credential(*, actor: Actor, tenant_id: int, now: datetime | None = None) -> tuple[Credential, Keys]:
    """The secrets, this once. Locks the credential; spends a passed code. Raises ShownAlready."""
    at = now or timezone.now()
    credential = _own(actor, tenant_id)
    if credential.shown_at is not None:
        raise ShownAlready(day=timezone.localtime(credential.shown_at).date())
    _clear(actor, tenant_id, at)
    credential.shown_at = at
    credential.save(update_fields=["shown_at"])
    _note("credential.shown", actor, credential, at)
    return credential, Keys(secrets_at(credential, at)[0], encrypt_keys_at(credential, at)[0])


@atomic
def renew_credential(*, actor: Actor, tenant_id: int, now: datetime | None = None) -> tuple[Credential, Keys]:
    """New secrets, shown this once; the former ones work for a day. Locks the credential; spends a passed code."""
    at = now or timezone.now()
    credential = _own(actor, tenant_id)
    _clear(actor, tenant_id, at)
    keys = _draw()
    credential.old_secret, credential.old_encrypt_key = credential.secret, credential.encrypt_key
    credential.old_until = at + policy.SECRET_OVERLAP
    credential.secret = seal(keys.secret, purpose=SECRET)
    credential.encrypt_key = seal(keys.encrypt_key, purpose=ENCRYPT_KEY)
    credential.rotated_at = credential.shown_at = at
    fields = ["secret", "encrypt_key", "old_secret", "old_encrypt_key", "old_until", "rotated_at", "shown_at"]
    credential.save(update_fields=fields)
    _note("credential.renewed", actor, credential, at)
    return credential, keys


@atomic
def block_credential(*, actor: Actor, credential_id: int, now: datetime | None = None) -> Credential:
    """Nothing opens with it until staff let it in again; its tokens are dead at once. Locks the credential."""
    require_staff(actor, PERMISSION)
    at = now or timezone.now()
    credential = _locked(credential_id)
    if credential.blocked_at is None:
        credential.blocked_at = at
        credential.save(update_fields=["blocked_at"])
        _note("credential.blocked", actor, credential, at)
    return credential


class TenantMerged(DomainError):
    """A tenant that became part of another one has no keys of its own."""

    code = "tenant_merged"
    sentence = _("%(tenant)s became part of %(into)s, so its keys stay blocked. The keys of %(into)s work for both.")


@atomic
def unblock_credential(*, actor: Actor, credential_id: int, now: datetime | None = None) -> Credential:
    """It opens again. Locks the credential."""
    require_staff(actor, PERMISSION)
    credential = _locked(credential_id)
    if credential.tenant.merged_into is not None:
        raise TenantMerged(tenant=credential.tenant.name, into=credential.tenant.merged_into.name)
    if credential.blocked_at is not None:
        credential.blocked_at = None
        credential.save(update_fields=["blocked_at"])
        _note("credential.unblocked", actor, credential, now or timezone.now())
    return credential


def _own(actor: Actor, tenant_id: int) -> Credential:
    rows = Credential.objects.select_for_update(of=("self",)).select_related("tenant__account")
    if (credential := rows.filter(tenant=tenant_id).first()) is None:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, credential.tenant.account)
    return credential


def _locked(credential_id: int) -> Credential:
    rows = Credential.objects.select_for_update(of=("self",)).select_related("tenant__account", "tenant__merged_into")
    if (credential := rows.filter(pk=credential_id).first()) is None:
        raise NotFound()
    return credential


def _clear(actor: Actor, tenant_id: int, at: datetime) -> None:
    purpose, binding = OneTimeCode.Purpose.SHOW_CREDENTIALS, f"tenant:{tenant_id}"
    require_clearance(actor=actor, purpose=purpose, binding=binding, now=at)


def _draw() -> Keys:
    return Keys(secrets.token_urlsafe(32), _signs(ENCRYPT_KEY_LENGTH))


def _signs(length: int) -> str:
    return "".join(secrets.choice(SIGNS) for _sign in range(length))


def _note(kind: str, actor: Actor, credential: Credential, at: datetime) -> None:
    tenant = credential.tenant
    facts: dict[str, Any] = {"tenant": tenant.pk, "name": tenant.name, "client_id": credential.client_id}
    record(kind, actor=actor, account=tenant.account, subject=credential, at=at, **facts)
