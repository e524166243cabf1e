"""Signatures and sealed bodies of the invoice cloud's standard contract, the same on both of its sides.

The contract asks for MD5 and for AES in ECB; what protects the content is the TLS around it.
"""

import base64
import binascii
import hashlib
import hmac
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_LENGTH: Final = 16  # signs, each one byte
BLOCK_BITS: Final = 128


class SignKind(StrEnum):
    """The three ways to sign, by the contract's numbers."""

    MD5 = "0"
    SHA256 = "1"
    HMAC_SHA256 = "2"


class CipherError(ValueError):
    """The text was not sealed with this key, or was altered."""


def sign(*, client_id: str, secret: str, timestamp: str, kind: SignKind = SignKind.MD5) -> str:
    """The signature in lower-case hex."""
    text = f"{client_id}{secret}{timestamp}".encode()
    if kind is SignKind.HMAC_SHA256:
        return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    if kind is SignKind.SHA256:
        return hashlib.sha256(text).hexdigest()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def sealed(text: str, *, key: str) -> str:
    """The text by AES-128-ECB with PKCS7, as base64."""
    padder, encryptor = PKCS7(BLOCK_BITS).padder(), _cipher(key).encryptor()
    padded = padder.update(text.encode()) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def opened(body: str, *, key: str) -> str:
    """The text again. Raises CipherError."""
    unpadder, decryptor = PKCS7(BLOCK_BITS).unpadder(), _cipher(key).decryptor()
    try:
        padded = decryptor.update(base64.b64decode(body.strip(), validate=True)) + decryptor.finalize()
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except (ValueError, binascii.Error) as error:
        raise CipherError("not sealed with this key") from error


def _cipher(key: str) -> "Cipher[modes.ECB]":
    if len(key) != KEY_LENGTH or not key.isascii():
        raise CipherError("the key must have 16 signs")
    return Cipher(algorithms.AES128(key.encode()), modes.ECB())  # noqa: S305  (the contract's choice)
