"""The ledger proved anew from its rows: every book summed up, every chain recomputed, every transfer weighed.

    for flaw in verify():
        print(flaw.sentence)

Rows are streamed in pieces of limited size, so that memory does not grow with the ledger, and a piece may be checked by
itself (`plan`). A piece is one statement and sees one moment, so money may move meanwhile. In a book the first wrong
row is told and the rest of its chain, which hangs from that row, is not.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from finance.chain import Link, next_hash
from finance.models import Entry, Transfer
from finance.money import ZERO
from finance.seals import seal_flaws

PIECE_ROWS: Final = 200_000  # a few seconds of work
FETCHED_ROWS: Final = 2000
LAST_ID: Final = 2**63 - 1
ORPHANS_TOLD_MAX: Final = 100
Progress = Callable[[int], None]  # told how many entries were looked at since the last time

SENTENCES: Final = {
    "missing_entry": _("Book %(book)s: entry %(sequence)s is missing."),
    "wrong_balance": _("Book %(book)s: the balance after entry %(sequence)s is not the one before plus the amount."),
    "wrong_link": _("Book %(book)s: entry %(sequence)s is not what was written; the chain breaks here."),
    "wrong_book": _("Book %(book)s: balance, number or chain are not those of its last entry, %(sequence)s."),
    "below_floor": _("Book %(book)s is below its lowest balance."),
    "unknown_book": _("Book %(book)s does not exist but has entries."),
    "unbalanced": _("Transfer %(transfer)s: its entries do not sum to zero."),
    "unknown_transfer": _("Transfer %(transfer)s does not exist but has entries."),
    "empty_transfer": _("Transfer %(transfer)s has no entries."),
    "lost_transfer": _("Transfer %(transfer)s does not exist but other records name it."),
    "wrong_total": _("All balances together are not zero."),
    "missing_seal": _("The seal of %(day)s is missing."),
    "wrong_seal": _("The seal of %(day)s is not what was written; the chain of seals breaks here."),
    "cut_off": _("Entries that were there at the end of %(day)s are missing or changed."),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong."""

    kind: str
    book: int | None = None
    sequence: int | None = None
    transfer: int | None = None
    day: str | None = None

    @property
    def sentence(self) -> str:
        """For people."""
        return str(SENTENCES[self.kind]) % asdict(self)

    @property
    def facts(self) -> dict[str, Any]:
        """For machines."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Piece:
    """The entries from behind one of a book to one of the same or a later book; `until` None: to the end of that."""

    first_book: int
    after: int
    last_book: int
    until: int | None


def verify(progress: Progress | None = None) -> Iterator[Flaw]:
    """Everything that is wrong, books first, lowest id first."""
    for piece in plan():
        yield from chain_flaws(piece, progress)
    for first, last in transfer_spans():
        yield from transfer_flaws(first, last)
    yield from other_flaws()


def plan(rows: int = PIECE_ROWS) -> list[Piece]:
    """Pieces of about as many rows that together are all books, those opened later too; a large book is cut."""
    pieces: list[Piece] = []
    book, after, room = 0, 0, rows
    for pk, version in _stream("SELECT id, version FROM finance_book ORDER BY id"):
        done = 0
        while version - done >= room:
            done += room
            pieces.append(Piece(book, after, pk, done))
            book, after, room = pk, done, rows
        room -= version - done
    return [*pieces, Piece(book, after, LAST_ID, None)]


CHAINS = """
SELECT b.id, b.balance, b.version, b.head, b.floor, e.sequence, e.transfer_id, e.amount, e.balance_after, e.hash
FROM finance_book b
LEFT JOIN finance_entry e ON e.book_id = b.id AND (e.book_id, e.sequence) > (%(first_book)s, %(after)s)
    AND (e.book_id, e.sequence) <= (%(last_book)s, %(until)s)
WHERE b.id BETWEEN %(first_book)s AND %(last_book)s ORDER BY b.id, e.sequence
"""


@dataclass(slots=True)
class _Walk:
    """How far a book's chain was followed."""

    book: tuple[int, Decimal, int, bytes, Decimal | None]  # id, balance, version, head, floor
    sequence: int = 0
    balance: Decimal = ZERO
    head: bytes = b""
    is_broken: bool = False

    def step(self, sequence: int, transfer: int, amount: Decimal, balance: Decimal, link: bytes) -> Flaw | None:
        """The next entry, and what is wrong with it."""
        pk = self.book[0]
        right = next_hash(self.head, Link(pk, sequence, transfer, amount, balance))
        expected, before = self.sequence + 1, self.balance
        self.sequence, self.balance, self.head = sequence, balance, link
        if sequence != expected:
            return Flaw("missing_entry", book=pk, sequence=expected)
        if balance != before + amount:
            return Flaw("wrong_balance", book=pk, sequence=sequence, transfer=transfer)
        if link != right:
            return Flaw("wrong_link", book=pk, sequence=sequence, transfer=transfer)
        return None

    def end(self) -> Flaw | None:
        """What is wrong with the book itself."""
        pk, balance, version, head, floor = self.book
        if (balance, version, head) != (self.balance, self.sequence, self.head):
            return Flaw("wrong_book", book=pk, sequence=self.sequence)
        if floor is not None and balance < floor:
            return Flaw("below_floor", book=pk)
        return None


def chain_flaws(piece: Piece, progress: Progress | None = None) -> Iterator[Flaw]:
    """The first wrong row of each book in the piece."""
    bounds = asdict(piece) | {"until": LAST_ID if piece.until is None else piece.until}
    walk: _Walk | None = None
    for count, row in enumerate(_stream(CHAINS, bounds), 1):
        book, entry = row[:5], row[5:]
        if walk is None or walk.book[0] != book[0]:
            if walk is not None and not walk.is_broken and (flaw := walk.end()):
                yield flaw
            walk = _Walk(book)
            if piece.after and book[0] == piece.first_book and (flaw := _resume(walk, piece.after)):
                walk.is_broken = True
                yield flaw
        if entry[0] is not None and not walk.is_broken and (flaw := walk.step(*entry)):
            walk.is_broken = True
            yield flaw
        if progress and count % FETCHED_ROWS == 0:
            progress(FETCHED_ROWS)
    if walk is not None and not walk.is_broken and piece.until is None and (flaw := walk.end()):
        yield flaw


def _resume(walk: _Walk, after: int) -> Flaw | None:
    """Goes on behind an entry that the piece before has followed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT balance_after, hash FROM finance_entry WHERE book_id = %s AND sequence = %s", [walk.book[0], after]
        )
        row = cursor.fetchone()
    if row is None:
        return Flaw("missing_entry", book=walk.book[0], sequence=after)
    walk.sequence, walk.balance, walk.head = after, row[0], bytes(row[1])
    return None


TRANSFERS = """
SELECT t.id, e.id, e.sum
FROM (SELECT id FROM finance_transfer WHERE id BETWEEN %(first)s AND %(last)s) t
FULL JOIN (
    SELECT transfer_id AS id, sum(amount) FROM finance_entry WHERE transfer_id BETWEEN %(first)s AND %(last)s GROUP BY 1
) e ON e.id = t.id
WHERE t.id IS NULL OR e.id IS NULL OR e.sum <> 0 ORDER BY coalesce(t.id, e.id)
"""


def transfer_flaws(first: int, last: int) -> Iterator[Flaw]:
    """Every transfer with an id from `first` to `last` whose entries are not balanced, or that is half there."""
    for transfer, of_entries, _sum in _stream(TRANSFERS, {"first": first, "last": last}):
        if transfer is None:
            yield Flaw("unknown_transfer", transfer=of_entries)
        else:
            yield Flaw("empty_transfer" if of_entries is None else "unbalanced", transfer=transfer)


def transfer_spans(rows: int = PIECE_ROWS) -> list[tuple[int, int]]:
    """First and last id of pieces that together are all transfers, and all that entries say they belong to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(least(t, e)), max(greatest(t, e)) FROM ("
            " SELECT (SELECT min(id) FROM finance_transfer) AS t, (SELECT min(transfer_id) FROM finance_entry) AS e"
            " UNION ALL SELECT (SELECT max(id) FROM finance_transfer), (SELECT max(transfer_id) FROM finance_entry)"
            ") AS ends"
        )
        lowest, highest = cursor.fetchone()
    if lowest is None:
        return []
    return [(first, first + rows - 1) for first in range(lowest, highest + 1, rows)]


# From one book with entries to the next by the index, not through all entries.
ORPHANS = """
WITH RECURSIVE held AS (
    SELECT min(book_id) AS id FROM finance_entry
    UNION ALL
    SELECT (SELECT min(book_id) FROM finance_entry WHERE book_id > held.id) FROM held WHERE held.id IS NOT NULL
)
SELECT id FROM held WHERE id IS NOT NULL AND NOT EXISTS (SELECT FROM finance_book b WHERE b.id = held.id) LIMIT %(most)s
"""


def other_flaws() -> Iterator[Flaw]:
    """Entries without a book, the grand total, records of transfers that are gone, and the seals."""
    for (book,) in _stream(ORPHANS, {"most": ORPHANS_TOLD_MAX}):
        yield Flaw("unknown_book", book=book)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(balance), 0) <> 0 FROM finance_book")
        if cursor.fetchone()[0]:
            yield Flaw("wrong_total")
    yield from record_flaws()
    for kind, day in seal_flaws():
        yield Flaw(kind, day=f"{day:%Y-%m-%d}")


def record_flaws() -> Iterator[Flaw]:
    """Transfers that allotments, top-ups and the like were made by, and that are gone.

    No chain and no seal tells of an end that was cut off since the last seal; what it had been posted for does.
    """
    for relation in Transfer._meta.related_objects:
        rows: Any = relation.related_model
        name = relation.field.attname
        if rows is Entry:
            continue
        gone = ~Exists(Transfer.objects.filter(pk=OuterRef(name)))
        named = rows._base_manager.filter(gone, **{f"{name}__isnull": False}).order_by(name)
        for transfer in named.values_list(name, flat=True).distinct()[:ORPHANS_TOLD_MAX]:
            yield Flaw("lost_transfer", transfer=transfer)


def _stream(statement: str, parameters: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of one statement, a few at a time from the server, however many there are."""
    with transaction.atomic(), connection.cursor() as settings, connection.chunked_cursor() as cursor:
        settings.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(FETCHED_ROWS):
            yield from rows
