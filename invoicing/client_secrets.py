"""Client secret and encrypt key of a credential, sealed in its row: readable again, since the contract signs and
encrypts with them. For a day after new ones were made the old ones work, too.
"""

from datetime import datetime
from typing import Final

from config.sealing import unseal
from invoicing.models import Credential

SECRET: Final = "invoice-cloud-secret"  # noqa: S105  (the purpose of sealing)
ENCRYPT_KEY: Final = "invoice-cloud-encrypt-key"


def secrets_at(credential: Credential, at: datetime) -> list[str]:
    """The client secrets that sign at that moment, the newest first."""
    return _usable(SECRET, credential.secret, credential.old_secret, credential.old_until, at)


def encrypt_keys_at(credential: Credential, at: datetime) -> list[str]:
    """The keys that open bodies at that moment, the newest first."""
    return _usable(ENCRYPT_KEY, credential.encrypt_key, credential.old_encrypt_key, credential.old_until, at)


def _usable(purpose: str, new: str, old: str, until: datetime | None, at: datetime) -> list[str]:
    sealed = [new, old] if until is not None and at < until else [new]
    return [secret for one in sealed if one and (secret := unseal(one, purpose=purpose))]
