"""Many allotments or recalls in one transaction, each line done or refused by itself (K10.4).

Everything that the lines touch is locked first, in the order that everybody keeps; then the lines are judged one after
the other by what the locked books hold less what earlier lines took, and what holds is written at once. So a batch of
a thousand lines costs a dozen questions to the database, and whoever dies on the way leaves nothing half done.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.cleaning import cleaned
from accounts.models import Account, Relationship
from accounts.names import clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance import policy
from finance.locks import all_of, cash_of, lock_books
from finance.models import Allotment, Book
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import ZERO
from finance.services.allotments import (
    AboveAllottable,
    NotLinked,
    check_amount,
    check_recallable,
    check_recalled_amount,
    check_repeat,
    ledger_key,
    record_move,
    spend_code,
)
from finance.services.ledger import Posting, book_for, post_many
from finance.services.trusts import Trusteed, paid_for

ALLOT, RECALL = Allotment.Direction.ALLOT, Allotment.Direction.RECALL


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a batch."""

    relationship_id: int
    amount: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a row: the record, or the refusal with its sentence."""

    line: Line
    allotment: Allotment | None = None
    refusal: DomainError | None = None


@dataclass(frozen=True, slots=True)
class _Move:
    """A line that holds."""

    place: int
    relationship: Relationship
    amount: Decimal
    note: str
    legs: Mapping[int, Decimal]


@dataclass(slots=True)
class _Books:
    """The locked books while the lines are gone through; `left` is what each holds after the lines so far."""

    cash: int
    held: dict[int, int] = field(default_factory=dict)  # member → its book “from this manager”
    left: dict[int, Decimal] = field(default_factory=dict)  # by book
    free: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))  # by member

    def take(self, direction: str, member: int, amount: Decimal) -> dict[int, Decimal]:
        """The legs of a movement that holds, which counts from now on. Raises why it does not hold."""
        if direction == ALLOT:
            check_amount(amount=amount)
            if amount > self.left[self.cash]:
                raise AboveAllottable(available=self.left[self.cash], amount=amount)
            legs = {self.cash: -amount, self.held[member]: amount}
        else:
            check_recalled_amount(amount=amount)
            recallable = self.left[self.held[member]] if member in self.held else ZERO
            check_recallable(recallable=recallable, free=self.free[member], amount=amount)
            legs = {self.held[member]: -amount, self.cash: amount}
        self.free[member] += legs[self.held[member]]
        for book, change in legs.items():
            self.left[book] += change
        return legs


@atomic
def move_batch(
    *, actor: Actor, manager: Account, direction: str, lines: Sequence[Line], key: str, now: datetime | None = None
) -> list[LineResult]:
    """Each line is done or refused by itself, and all of it is there or nothing; the same key again answers the same
    for what was done. A code, where one is needed, is asked for the sum.

    Locks the relationships, then the books, each lowest id first. Raises InputError for an empty batch, CodeNeeded.
    """
    require(actor, Right.MOVE_FUNDS, manager)
    if not lines or len(lines) > policy.ALLOTMENTS_PER_BATCH_MAX:
        most = policy.ALLOTMENTS_PER_BATCH_MAX
        raise InputError("lines", _("Choose between 1 and %(most)s accounts."), most=most)
    links = _locked_links(manager, lines)
    done = _done_before(manager, key, len(lines))
    if direction == ALLOT and not done:
        spend_code(actor=actor, manager=manager, amount=sum((line.amount for line in lines), ZERO), now=now)
    books = _locked_books(manager, direction, links.values())
    trusteed = paid_for(manager=manager, at=now or timezone.now())
    moves: list[_Move] = []
    results: list[LineResult] = []
    for place, line in enumerate(lines):
        try:
            link = _link_of(links, line)
            if place in done:
                check_repeat(done=done[place], relationship_id=link.pk, direction=direction, amount=line.amount)
            else:
                if direction == ALLOT and link.member_id in trusteed:
                    raise Trusteed()
                note = cleaned("note", clean_remark, line.note)
                legs = books.take(direction, link.member_id, line.amount)
                moves.append(_Move(place, link, line.amount, note, legs))
            results.append(LineResult(line, allotment=done.get(place)))
        except DomainError as refusal:
            results.append(LineResult(line, refusal=refusal))
    for place, allotment in _written(actor, direction, moves, key, now or timezone.now()).items():
        results[place] = LineResult(lines[place], allotment=allotment)
    return results


def _locked_links(manager: Account, lines: Iterable[Line]) -> dict[int, Relationship]:
    wanted = {line.relationship_id for line in lines}
    rows = Relationship.objects.filter(manager=manager, pk__in=wanted).select_related("manager", "member")
    return {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",), no_key=True)}


def _link_of(links: Mapping[int, Relationship], line: Line) -> Relationship:
    if (link := links.get(line.relationship_id)) is None:
        raise NotFound()
    if not link.is_in_force:
        raise NotLinked()
    return link


def _done_before(manager: Account, key: str, count: int) -> dict[int, Allotment]:
    """What this key did, by the place of the line."""
    places = {ledger_key(manager_id=manager.pk, key=f"{key}:{place}"): place for place in range(count)}
    rows = Allotment.objects.filter(manager=manager, batch=key, transfer__key__in=places)
    return {places[row.transfer.key]: row for row in rows.select_related("transfer", "manager", "member")}


def _locked_books(manager: Account, direction: str, links: Iterable[Relationship]) -> _Books:
    """The own cash and what the members hold; of the members all books where something is to be taken from them."""
    members = sorted(link.member_id for link in links if link.is_in_force)
    cash = book_for(account=manager, kind=BookKind.CASH)
    from_here = Q(account__in=members, kind=BookKind.ALLOTTED, source=manager)
    if direction == ALLOT:
        _open_books(manager, members, from_here)
    books = _Books(cash=cash.pk)
    for book in lock_books(cash_of(manager) | (from_here if direction == ALLOT else all_of(*members))):
        books.left[book.pk] = book.balance
        if book.account_id is not None and book.pk != cash.pk:
            books.free[book.account_id] += book.balance
            if book.source_id == manager.pk:
                books.held[book.account_id] = book.pk
    return books


def _open_books(manager: Account, members: Iterable[int], from_here: Q) -> None:
    known = set(Book.objects.filter(from_here).values_list("account_id", flat=True))
    fresh = [
        Book(account_id=member, kind=BookKind.ALLOTTED, source=manager, floor=ZERO)
        for member in members
        if member not in known
    ]
    Book.objects.bulk_create(fresh, ignore_conflicts=True)


def _written(actor: Actor, direction: str, moves: Sequence[_Move], key: str, at: datetime) -> dict[int, Allotment]:
    """The ledger, the records and the events of what holds, by the place of the line."""
    kind = TransferKind.ALLOTMENT if direction == ALLOT else TransferKind.RECALL
    transfers = post_many(
        postings=[
            Posting(
                kind,
                ledger_key(manager_id=move.relationship.manager_id, key=f"{key}:{move.place}"),
                move.legs,
                {"relationship": move.relationship.pk},
            )
            for move in moves
        ]
    )
    rows = Allotment.objects.bulk_create(
        Allotment(
            direction=direction,
            relationship=move.relationship,
            manager=move.relationship.manager,
            member=move.relationship.member,
            amount=move.amount,
            note=move.note,
            batch=key,
            transfer_id=transfer,
            created_by=actor.user,
            created_at=at,
        )
        for move, transfer in zip(moves, transfers, strict=True)
    )
    for row in rows:
        record_move(actor=actor, allotment=row)
    return {move.place: row for move, row in zip(moves, rows, strict=True)}
