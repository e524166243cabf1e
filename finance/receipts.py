"""The receipt of a transfer: what either side may see, with the chain computed again in front of the reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import Account
from config.errors import NotFound
from finance.chain import Link, next_hash, text_of
from finance.models import Entry, Transfer


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry of the reader's own books: the link before it, the text that is hashed, and what comes out."""

    entry: Entry
    previous: bytes
    text: str
    computed: bytes
    followed: bool | None  # whether the entry after it builds on it; None while it is the last

    @property
    def matches(self) -> bool:
        """What was computed is what stands in the ledger."""
        return self.computed == bytes(self.entry.hash)

    @property
    def before(self) -> Decimal:
        """The balance before it."""
        return self.entry.balance_after - self.entry.amount

    @property
    def previous_hex(self) -> str:
        """As it is shown; empty for the first entry of a book."""
        return self.previous.hex()

    @property
    def computed_hex(self) -> str:
        """As it is shown."""
        return self.computed.hex()

    @property
    def stored_hex(self) -> str:
        """As it is shown."""
        return bytes(self.entry.hash).hex()

    @property
    def command(self) -> str:
        """The same computation for whoever wants to make it elsewhere."""
        return f"(printf %s '{self.previous_hex}' | xxd -r -p; printf %s '{self.text}') | sha256sum"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transfer as one of its sides reads it. Of the other side's books only whose they are."""

    transfer: Transfer
    proofs: Sequence[Proof]
    counterparts: Sequence[Account | None]  # None: the platform

    @property
    def amount(self) -> Decimal:
        """What moved, whichever way."""
        return sum((abs(proof.entry.amount) for proof in self._counted), Decimal(0))

    @property
    def matches(self) -> bool:
        """Every link holds."""
        return all(proof.matches and proof.followed is not False for proof in self.proofs)

    @property
    def _counted(self) -> list[Proof]:
        """Within one account both ends are its own: one of them says how much."""
        losing = [proof for proof in self.proofs if proof.entry.amount < 0]
        return losing or list(self.proofs)


def receipt_of(account: Account, transfer_id: int) -> Receipt:
    """The receipt for an account that owns one of the books; NotFound for every other. Three queries."""
    found = Transfer.objects.select_related(
        "allotment__manager", "allotment__member", "allotment__created_by", "allotment__relationship"
    )
    transfer = found.filter(pk=transfer_id).first()
    entries = list(_entries(transfer)) if transfer else []
    own = [entry for entry in entries if entry.book.account_id == account.pk]
    if transfer is None or not own:
        raise NotFound()
    return Receipt(transfer, _proofs(own), _others(account, entries))


def _entries(transfer: Transfer) -> "QuerySet[Entry]":
    return Entry.objects.filter(transfer=transfer).select_related("book__account", "book__source").order_by("book_id")


def _others(account: Account, entries: Iterable[Entry]) -> list[Account | None]:
    others: dict[int | None, Account | None] = {}
    for entry in entries:
        if entry.book.account_id != account.pk:
            others[entry.book.account_id] = entry.book.account
    return list(others.values())


def _proofs(own: Sequence[Entry]) -> list[Proof]:
    beside = Q()
    for entry in own:
        beside |= Q(book=entry.book_id, sequence__in=[entry.sequence - 1, entry.sequence + 1])
    found = {(entry.book_id, entry.sequence): entry for entry in Entry.objects.filter(beside)}
    return [
        _proof(entry, found.get((entry.book_id, entry.sequence - 1)), found.get((entry.book_id, entry.sequence + 1)))
        for entry in own
    ]


def _proof(entry: Entry, before: Entry | None, after: Entry | None) -> Proof:
    previous = bytes(before.hash) if before else b""
    link = link_of(entry)
    return Proof(
        entry=entry,
        previous=previous,
        text=text_of(link),
        computed=next_hash(previous, link),
        followed=next_hash(bytes(entry.hash), link_of(after)) == bytes(after.hash) if after else None,
    )


def link_of(entry: Entry) -> Link:
    """The entry as the chain sees it."""
    return Link(entry.book_id, entry.sequence, entry.transfer_id, entry.amount, entry.balance_after)
