"""Secrets that must be readable again, sealed with `FIELD_KEYS`: useless to whoever reads the table or the session.

The purpose is part of the key, so that what was sealed for one use is not opened by another.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    """The text in a form that only `unseal` with the same purpose reads."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str, seconds: int | None = None) -> str | None:
    """The text; None where it was sealed for something else, was touched, or is older than `seconds`."""
    try:
        return _box(purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, ValueError):
        return None


def _box(purpose: str) -> MultiFernet:
    """Sealed by the first key, opened by any: a key is replaced by putting a new one before it."""
    keys = (hashlib.sha256(f"{purpose}|{key}".encode()).digest() for key in settings.FIELD_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
