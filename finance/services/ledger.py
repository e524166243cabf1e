"""The ledger's one writer, and reading its balances."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from config.errors import DomainError
from finance.models import Book, Entry
from finance.models.book import PLATFORM, BookKind
from finance.money import FEN, ZERO

PLATFORM_STRIPES = 16  # so that many payers do not wait for one row


class KeyReused(DomainError):
    """The same idempotency key with other content."""

    code = "key_reused"
    sentence = _("This request was already used for something else. Please start again from the form.")


class NotEnough(DomainError):
    """A book would go below its lowest balance; `facts` carry balance, floor and amount."""

    code = "not_enough"
    sentence = _("The balance is not enough: %(available)s yuan are available, %(needed)s yuan are needed.")


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer to post: signed amounts by book, which sum to zero."""

    kind: str
    key: str
    legs: Mapping[int, Decimal]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The database would round a third place away; here it is a mistake of the caller."""
        if any(amount != amount.quantize(FEN) for amount in self.legs.values()):
            raise ValueError("amounts have two places")

    def digest(self) -> bytes:
        """Tells a repeat from a reuse of the key."""
        content = [self.kind, sorted((book, str(amount)) for book, amount in self.legs.items()), self.facts]
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()


def post(*, posting: Posting) -> int:
    """The transfer is in the ledger, once, and its id is answered; a repeat of the key answers the first one's.

    One call of `ledger_post`, which locks the books lowest id first. Runs in the caller's transaction or in its own.
    Raises NotEnough, KeyReused; the database refuses what does not sum to zero.
    """
    legs = posting.legs
    parameters = [
        posting.kind,
        posting.key,
        posting.digest(),
        json.dumps(posting.facts),
        list(legs),
        list(legs.values()),
    ]
    return int(_call("SELECT ledger_post(%s, %s, %s, %s, %s, %s::numeric[])", parameters))


def post_many(*, postings: Sequence[Posting]) -> list[int]:
    """All transfers, in their order, in one statement, or none; answers their ids. Raises as `post`."""
    if not postings:
        return []
    legs = [(place, book, amount) for place, one in enumerate(postings, 1) for book, amount in one.legs.items()]
    parameters = [
        [one.kind for one in postings],
        [one.key for one in postings],
        [one.digest() for one in postings],
        [json.dumps(one.facts) for one in postings],
        [place for place, _book, _amount in legs],
        [book for _place, book, _amount in legs],
        [amount for _place, _book, amount in legs],
    ]
    ids = _call("SELECT ledger_post_many(%s, %s, %s, %s::jsonb[], %s::int[], %s, %s::numeric[])", parameters)
    return [int(one) for one in ids]


def _call(statement: str, parameters: list[Any]) -> Any:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchone()[0]
    except DatabaseError as error:
        refusal = _as_refusal(error.__cause__)
        if refusal is None:
            raise
        raise refusal from error


def _as_refusal(error: BaseException | None) -> DomainError | None:
    if not isinstance(error, psycopg.Error):
        return None
    if error.sqlstate == "LG001":
        return KeyReused()
    if error.sqlstate == "LG002":
        book, balance, floor, amount = str(error.diag.message_detail).split("|")
        available = Decimal(balance) - Decimal(floor)
        return NotEnough(book=int(book), available=available, needed=-Decimal(amount))
    return None


def book_for(*, account: Account, kind: str, source: Account | None = None) -> Book:
    """The account's book of this kind, opened when first needed."""
    floor = ZERO
    found, _created = Book.objects.get_or_create(account=account, kind=kind, source=source, defaults={"floor": floor})
    return found


def platform_book(*, kind: str, near: int) -> Book:
    """One of the platform's striped books of this kind, always the same for the same account."""
    if kind not in PLATFORM:
        raise ValueError(kind)
    stripe = zlib.crc32(str(near).encode()) % PLATFORM_STRIPES
    found, _created = Book.objects.get_or_create(
        account=None, kind=kind, source=None, stripe=stripe, defaults={"floor": None}
    )
    return found


@dataclass(frozen=True, slots=True)
class Funds:
    """What an account has, in yuan. `free` is cash of every origin less the credit in use."""

    cash: Decimal
    allotted: Decimal
    credit_used: Decimal
    credit_limit: Decimal

    @property
    def balance(self) -> Decimal:
        """Cash of every origin."""
        return self.cash + self.allotted

    @property
    def free(self) -> Decimal:
        """What is left of the balance when the credit in use is paid back."""
        return self.balance - self.credit_used

    @property
    def available(self) -> Decimal:
        """What can be spent: cash and unused credit."""
        return self.balance + self.credit_limit - self.credit_used


def funds_of(*, account: Account) -> Funds:
    """The account's funds now, in one query."""
    return funds_of_all(accounts=[account])[account.pk]


def funds_of_all(*, accounts: Iterable[Account]) -> dict[int, Funds]:
    """The same for many, in one query; accounts without books have zeros."""
    ids = [account.pk for account in accounts]
    sums: dict[int, dict[str, Decimal]] = {pk: {} for pk in ids}
    rows = Book.objects.filter(account_id__in=ids).values("account_id", "kind")
    for row in rows.annotate(balance=Sum("balance"), floor=Sum("floor")).order_by():
        sums[row["account_id"]][row["kind"]] = row["balance"]
        if row["kind"] == BookKind.CREDIT:
            sums[row["account_id"]]["limit"] = -row["floor"]
    return {
        pk: Funds(
            cash=found.get(BookKind.CASH, ZERO),
            allotted=found.get(BookKind.ALLOTTED, ZERO),
            credit_used=-found.get(BookKind.CREDIT, ZERO),
            credit_limit=found.get("limit", ZERO),
        )
        for pk, found in sums.items()
    }


def balance_at(*, book: Book, moment: datetime) -> Decimal:
    """The book's balance at a past instant: after its last entry that was posted by then."""
    last = Entry.objects.filter(book=book, transfer__at__lte=moment).order_by("-sequence").first()
    return last.balance_after if last else ZERO
