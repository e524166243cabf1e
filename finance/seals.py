"""Digests over the ends of all chains at the end of a day; see `LedgerSeal` for what they are good for."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from finance.models import LedgerSeal

FETCHED_ROWS = 2000

# The last entry of each book that was posted before the moment. The index leads from the end of a book backwards, so
# that only what was posted since is passed over.
HEADS = """
SELECT b.id, e.sequence, e.hash FROM finance_book b CROSS JOIN LATERAL (
    SELECT e.sequence, e.hash FROM finance_entry e JOIN finance_transfer t ON t.id = e.transfer_id
    WHERE e.book_id = b.id AND t.at < %s ORDER BY e.sequence DESC LIMIT 1
) e ORDER BY b.id
"""


@dataclass(frozen=True, slots=True)
class Heads:
    """What the books had come to."""

    books: int
    entries: int
    digest: bytes


def end_of(day: date) -> datetime:
    """The midnight after it, here."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def heads_at(moment: datetime) -> Heads:
    """What every book had come to by then, whatever was posted since."""
    books, entries, digest = 0, 0, hashlib.sha256()
    with transaction.atomic(), connection.cursor() as settings, connection.chunked_cursor() as cursor:
        settings.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(HEADS, [moment])
        while rows := cursor.fetchmany(FETCHED_ROWS):
            for book, sequence, link in rows:
                books, entries = books + 1, entries + sequence
                digest.update(f"{book}|{sequence}|{bytes(link).hex()}\n".encode())
    return Heads(books, entries, digest.digest())


def digest_of(previous: bytes, day: date, heads: Heads) -> bytes:
    """The next link in the chain of seals."""
    text = f"{day:%Y-%m-%d}|{heads.books}|{heads.entries}|{heads.digest.hex()}"
    return hashlib.sha256(previous + text.encode()).digest()


def is_intact(seal: LedgerSeal) -> bool:
    """Whether it says what was written, and hangs from the seal of the day before as that stands now."""
    before = LedgerSeal.objects.filter(day__lt=seal.day).order_by("-day").first()
    heads = Heads(seal.books, seal.entries, bytes(seal.heads))
    return bytes(seal.digest) == digest_of(bytes(before.digest) if before else b"", seal.day, heads)


def seal_flaws() -> Iterator[tuple[str, date]]:
    """What is wrong with the seals, or with what they remember, and of which day.

    Only the newest is compared with the books: a chain that leads to its end leads through all earlier ends.
    """
    previous, last = b"", None
    for seal in LedgerSeal.objects.order_by("day").iterator(FETCHED_ROWS):
        if last is not None and seal.day != last.day + timedelta(days=1):
            yield "missing_seal", last.day + timedelta(days=1)
        heads = Heads(seal.books, seal.entries, bytes(seal.heads))
        if bytes(seal.digest) != digest_of(previous, seal.day, heads):
            yield "wrong_seal", seal.day
        previous, last = bytes(seal.digest), seal
    if last is not None and heads_at(end_of(last.day)) != Heads(last.books, last.entries, bytes(last.heads)):
        yield "cut_off", last.day
