"""Client secret and encrypt key of a credential, sealed in its row: readable again, since the contract signs and
encrypts with them. For a day after new ones were made the old ones work, too.
"""

from datetime import datetime
from typing import Final

from config.sealing import seal, unseal
from invoicing.models import Credential

PURPOSE: Final = "invoicing.credential"


def seal_secret(text: str) -> str:
    """As the row keeps it."""
    return seal(text, purpose=PURPOSE)


def open_secret(sealed: str) -> str:
    """The secret; the empty text where there is none, or where it was sealed with a key that is gone."""
    return unseal(sealed, purpose=PURPOSE) or "" if sealed else ""


def secrets_at(credential: Credential, at: datetime) -> list[str]:
    """The client secrets that sign at that moment, the newest first."""
    return _usable(credential.secret, credential.old_secret, credential.old_until, at)


def encrypt_keys_at(credential: Credential, at: datetime) -> list[str]:
    """The keys that open bodies at that moment, the newest first."""
    return _usable(credential.encrypt_key, credential.old_encrypt_key, credential.old_until, at)


def _usable(new: str, old: str, until: datetime | None, at: datetime) -> list[str]:
    sealed = [new, old] if until is not None and at < until else [new]
    return [secret for one in sealed if (secret := open_secret(one))]
