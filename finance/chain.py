"""The hash chain of a book, computed in Python: a second opinion on what the database wrote."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the chain sees it."""

    book: int
    sequence: int
    transfer: int
    amount: Decimal
    balance: Decimal


def text_of(link: Link) -> str:
    """What is hashed after the previous link; the same as in the trigger `entry_moves_book`."""
    return f"{link.book}|{link.sequence}|{link.transfer}|{link.amount:.2f}|{link.balance:.2f}"


def next_hash(previous: bytes, link: Link) -> bytes:
    """SHA-256 over the previous link and this entry."""
    return hashlib.sha256(previous + text_of(link).encode()).digest()
