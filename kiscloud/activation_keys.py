"""Serial numbers and CD-Keys: their forms, and how somebody's typing is read. Pure.

A CD-Key is five groups of five signs out of 32 that nobody takes for one another; the last two signs are a check, so
that a slip of the hand is told from a wrong key and counts as no attempt.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import Final

SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
BODY: Final = 23
GROUP: Final = 5
_SERIAL: Final = re.compile(r"KIS-[A-Z]{2}-\d{2}-\d{8}", re.ASCII)


def serial_number(*, short: str, year: int, number: int) -> str:
    """The serial number of an edition's number-th key in a year."""
    return f"KIS-{short}-{year % 100:02d}-{number:08d}"


def read_serial(text: str) -> str | None:
    """The serial number that the text means, or None where it has another form."""
    bare = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()
    written = f"{bare[:3]}-{bare[3:5]}-{bare[5:7]}-{bare[7:]}"
    return written if _SERIAL.fullmatch(written) else None


def cd_key(*, seed: bytes, secret: str) -> str:
    """The CD-Key that belongs to this seed, in groups; 115 bits of it are the seed's."""
    digest = int.from_bytes(hashlib.sha256(seed).digest(), "big")
    body = "".join(SIGNS[digest >> 5 * place & 31] for place in range(BODY))
    return grouped(body + _check(body, secret))


def read_cd_key(text: str, *, secret: str) -> str | None:
    """The CD-Key that the text means, in groups, or None where it cannot be one."""
    bare = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(bare) != BODY + 2 or set(bare) - set(SIGNS):
        return None
    return grouped(bare) if hmac.compare_digest(_check(bare[:BODY], secret), bare[BODY:]) else None


def grouped(signs: str) -> str:
    """In fives, with hyphens."""
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def _check(body: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return SIGNS[digest[0] & 31] + SIGNS[digest[1] & 31]
