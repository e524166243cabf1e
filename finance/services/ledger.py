"""The ledger's one writer, and reading its balances."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
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


_POST = "SELECT ledger_post(%s, %s, %s, %s::jsonb, %s::bigint[], %s::numeric[])"
_POST_MANY = (
    "SELECT ledger_post_many(%s::text[], %s::text[], %s::bytea[], %s::jsonb[], %s::int[], %s::bigint[], %s::numeric[])"
)
_facts_as_text = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class LedgerHalted(DomainError):
    """The nightly check found the ledger broken, and nobody has cleared its alarm yet."""

    code = "ledger_halted"
    sentence = _("No money can be moved at the moment: our nightly check found something that we look into first.")
    hint = _("Please try again later. Balances stay as they are.")


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer to post: signed amounts by book, which sum to zero."""

    kind: str
    key: str
    legs: Mapping[int, Decimal]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The database would round a third place away; here it is a mistake of the caller."""
        for amount in self.legs.values():
            if amount != amount.quantize(FEN):
                raise ValueError("amounts have two places")


class _Written(NamedTuple):
    """A posting as the database takes it; the digest tells a repeat from a reuse of the key."""

    facts: str
    books: list[str]
    amounts: list[str]
    digest: bytes

    @classmethod
    def of(cls, posting: Posting) -> "_Written":
        legs = sorted(posting.legs.items())
        facts = _facts_as_text(dict(posting.facts))
        books, amounts = [str(book) for book, _amount in legs], [f"{amount:.2f}" for _book, amount in legs]
        content = "\n".join((posting.kind, ",".join(books), ",".join(amounts), facts))
        return cls(facts, books, amounts, hashlib.sha256(content.encode()).digest())


def post(*, posting: Posting) -> int:
    """The transfer is in the ledger, once, and its id is answered; a repeat of the key answers the first one's.

    One call of `ledger_post`, which locks the books lowest id first. Runs in the caller's transaction or in its own.
    Raises NotEnough, KeyReused, LedgerHalted; the database refuses what does not sum to zero.
    """
    one = _Written.of(posting)
    parameters = (posting.kind, posting.key, one.digest, one.facts, _array(one.books), _array(one.amounts))
    return int(_call(_POST, parameters))


def post_many(*, postings: Sequence[Posting]) -> list[int]:
    """All transfers, in their order, in one statement, or none; answers their ids. Raises as `post`."""
    if not postings:
        return []
    written = [_Written.of(posting) for posting in postings]
    parameters = (
        _texts(posting.kind for posting in postings),
        _texts(posting.key for posting in postings),
        _texts(f"\\x{one.digest.hex()}" for one in written),
        _texts(one.facts for one in written),
        _array(str(place) for place, one in enumerate(written, 1) for _book in one.books),
        _array(book for one in written for book in one.books),
        _array(amount for one in written for amount in one.amounts),
    )
    return [int(one) for one in _call(_POST_MANY, parameters)]


def _array(numbers: Iterable[str]) -> str:
    """An array of numbers as PostgreSQL reads it, for a fraction of what adapting a list costs."""
    return f"{{{','.join(numbers)}}}"


def _texts(values: Iterable[str]) -> str:
    """The same for texts."""
    return _array('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)


def _call(statement: str, parameters: Sequence[Any]) -> Any:
    """One prepared statement on Django's connection, in its transaction; the errors are Django's.

    Django's own cursor would write the values into the text, to be parsed and planned anew each time.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    try:
        with database.wrap_database_errors:
            row = _cursor(database.connection).execute(statement, parameters, prepare=True).fetchone()
    except DatabaseError as error:
        refusal = _as_refusal(error.__cause__)
        if refusal is None:
            raise
        raise refusal from error
    assert row is not None  # noqa: S101
    return row[0]


def _cursor(own: Any) -> psycopg.Cursor[Any]:
    """Kept beside its connection: making one takes a tenth of the time of a transfer."""
    kept: psycopg.Cursor[Any] | None = vars(own).get("ledger_cursor")
    if kept is None:
        kept = vars(own)["ledger_cursor"] = psycopg.Cursor(own)
    return kept


def _as_refusal(error: BaseException | None) -> DomainError | None:
    if not isinstance(error, psycopg.Error):
        return None
    if error.sqlstate == "LG001":
        return KeyReused()
    if error.sqlstate == "LG002":
        book, balance, floor, amount = str(error.diag.message_detail).split("|")
        available = Decimal(balance) - Decimal(floor)
        return NotEnough(book=int(book), available=available, needed=-Decimal(amount))
    return LedgerHalted() if error.sqlstate == "LG004" else None


def book_for(*, account: Account, kind: str, source: Account | None = None) -> Book:
    """The account's book of this kind, opened when first needed; of credit in stripes the first of them."""
    floor = None if kind == BookKind.ARREARS else ZERO
    which = {"account": account, "kind": kind, "source": source, "stripe": 0}
    found, _created = Book.objects.get_or_create(**which, defaults={"floor": floor})
    return found


def platform_book(*, kind: str, near: int | str) -> Book:
    """One of the platform's striped books of this kind, always the same for the same account or name."""
    if kind not in PLATFORM:
        raise ValueError(kind)
    stripe = zlib.crc32(str(near).encode()) % PLATFORM_STRIPES
    found, _created = Book.objects.get_or_create(
        account=None, kind=kind, source=None, stripe=stripe, defaults={"floor": None}
    )
    return found


@dataclass(frozen=True, slots=True)
class Funds:
    """What an account has and owes, in yuan. `arrears` are bills that nothing was left to pay with."""

    cash: Decimal
    allotted: Decimal
    credit_used: Decimal
    credit_limit: Decimal
    arrears: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Cash of every origin."""
        return self.cash + self.allotted

    @property
    def owed(self) -> Decimal:
        """Credit in use and unpaid bills."""
        return self.credit_used + self.arrears

    @property
    def free(self) -> Decimal:
        """What is left of the balance when everything owed is paid back."""
        return self.balance - self.owed

    @property
    def available(self) -> Decimal:
        """What can be spent: cash and unused credit, less arrears."""
        return self.balance + self.credit_limit - self.credit_used - self.arrears


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
            arrears=-found.get(BookKind.ARREARS, ZERO),
        )
        for pk, found in sums.items()
    }


def balance_at(*, book: Book, moment: datetime) -> Decimal:
    """The book's balance at a past instant: after its last entry that was posted by then."""
    last = Entry.objects.filter(book=book, transfer__at__lte=moment).order_by("-sequence").first()
    return last.balance_after if last else ZERO
