"""Files sealed with `FIELD_KEYS`, of any size, in pieces: written in one go, read from any place.

A file is a header (16 bytes that name the format, 16 that are drawn) and pieces of 64 KiB, each sealed by AES-256-GCM
with its number and whether it is the last one, so that a piece changed, moved, missing or cut off is noticed when it
is read. The key is made of a field key, the purpose, and what was drawn.
"""

import hashlib
import io
import os
import struct
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

MAGIC: Final = b"sealed-pieces-1\n"
PIECE: Final = 64 * 1024
_TAG: Final = 16
_HEAD: Final = len(MAGIC) + 16
_WHOLE: Final = PIECE + _TAG


class Broken(Exception):
    """The file was not sealed here, was touched, or is cut off."""


class SealedWriter(io.RawIOBase):
    """What is written to it ends sealed in `raw`, which stays open. Without `close` the file is incomplete."""

    def __init__(self, raw: BinaryIO, *, purpose: str) -> None:
        super().__init__()
        drawn = os.urandom(16)
        self._raw, self._box = raw, _box(settings.FIELD_KEYS[0], purpose, drawn)
        self._waiting, self._number = bytearray(), 0
        raw.write(MAGIC + drawn)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Takes all of it."""
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last piece is never empty, unless it is the only one
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        """The last piece is written; may be called again."""
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._raw.write(self._box.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1


class SealedReader(io.RawIOBase):
    """The file as it was written; each piece is checked when it is first needed. Raises Broken."""

    def __init__(self, raw: BinaryIO, *, purpose: str) -> None:
        super().__init__()
        self._raw = raw
        size = raw.seek(0, io.SEEK_END)
        raw.seek(0)
        head = raw.read(_HEAD)
        if len(head) != _HEAD or not head.startswith(MAGIC) or size < _HEAD + _TAG:
            raise Broken
        self._last = (size - _HEAD - 1) // _WHOLE
        self._size = size - _HEAD - (self._last + 1) * _TAG
        self._at, self._known = 0, (-1, b"")
        self._box = self._fitting(purpose, head[len(MAGIC) :])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """At most to the end of a piece."""
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, PIECE)
        found = self._piece(number)[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _piece(self, number: int) -> bytes:
        if self._known[0] != number:
            self._raw.seek(_HEAD + number * _WHOLE)
            sealed = self._raw.read(_WHOLE)
            try:
                self._known = number, self._box.decrypt(_nonce(number, last=number == self._last), sealed, None)
            except InvalidTag:
                raise Broken from None
        return self._known[1]

    def _fitting(self, purpose: str, drawn: bytes) -> AESGCM:
        """Under the key that opens the last piece: a key that was replaced still opens what it sealed."""
        for key in settings.FIELD_KEYS:
            self._box = _box(key, purpose, drawn)
            try:
                self._piece(self._last)
            except Broken:
                continue
            return self._box
        raise Broken


def is_sealed(raw: BinaryIO) -> bool:
    """Whether a file begins like one that was sealed; it is at its start afterwards."""
    raw.seek(0)
    head = raw.read(len(MAGIC))
    raw.seek(0)
    return head == MAGIC


def _box(key: str, purpose: str, drawn: bytes) -> AESGCM:
    secret = hashlib.sha256(f"{purpose}|{key}".encode()).digest()
    return AESGCM(hashlib.blake2b(drawn, key=secret, digest_size=32).digest())


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQB", number, last)
