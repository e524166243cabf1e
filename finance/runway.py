"""What an account spends day by day, and how long its cash lasts if it goes on like this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from finance import policy
from finance.flows import midnight
from finance.models import Book, Entry
from finance.models.transfer import TransferKind
from finance.money import ZERO


@dataclass(frozen=True, slots=True)
class Runway:
    """`days` is how many days were counted: fewer than the window for an account that is younger."""

    by_day: Sequence[tuple[date, Decimal]]
    days: int
    spent: Decimal
    left: Decimal

    @property
    def per_day(self) -> Decimal:
        """On average, in yuan."""
        return (self.spent / self.days).quantize(ZERO)

    @property
    def lasts(self) -> int | None:
        """Whole days; None where nothing was spent, for then nothing can be said."""
        return int(self.left * self.days / self.spent) if self.spent else None

    @property
    def until(self) -> date | None:
        """The day on which the cash ends; None where that is too far away to mean anything."""
        if self.lasts is None or self.lasts > policy.RUNWAY_DAYS_MAX:
            return None
        return timezone.localdate() + timedelta(days=self.lasts)


def runway_of(books: Sequence[Book], left: Decimal, *, now: datetime | None = None) -> Runway:
    """What these books of one account paid in the last thirty days, today included; `left` is the cash; two queries."""
    today = timezone.localdate(now)
    first = today - timedelta(days=policy.RUNWAY_WINDOW_DAYS - 1)
    spent = _spent_by_day(books, midnight(first))
    opened = min((timezone.localdate(book.created_at) for book in books), default=today)
    began = max(first, min(opened, min(spent, default=today)))
    days = [first + timedelta(days=step) for step in range(policy.RUNWAY_WINDOW_DAYS)]
    return Runway(
        by_day=[(day, spent.get(day, ZERO)) for day in days],
        days=(today - began).days + 1,
        spent=sum(spent.values(), ZERO),
        left=left,
    )


def days_left(left: Mapping[int, Decimal], *, now: datetime | None = None) -> dict[int, int | None]:
    """For how many whole days what each account has left lasts, by account; None where nothing was spent lately.

    Two queries, however many accounts. Who has nothing left has no day left.
    """
    today = timezone.localdate(now)
    first = today - timedelta(days=policy.RUNWAY_WINDOW_DAYS - 1)
    charges = _charges(Book.objects.filter(account__in=left), midnight(first)).order_by().values("book__account")
    rows = charges.annotate(sum=Sum("amount"), opened=Min("book__created_at"), began=Min("transfer__at"))
    spent: dict[int, tuple[Decimal, int]] = {}
    for row in rows:
        since = max(first, timezone.localdate(min(row["opened"], row["began"])))
        spent[row["book__account"]] = -row["sum"], (today - since).days + 1
    return {pk: _lasting(amount, *spent[pk]) if pk in spent else None for pk, amount in left.items()}


def _lasting(left: Decimal, spent: Decimal, days: int) -> int:
    return min(int(max(left, ZERO) * days / spent), policy.RUNWAY_DAYS_MAX)


def _spent_by_day(books: Sequence[Book], since: datetime) -> dict[date, Decimal]:
    charges = _charges(Book.objects.filter(pk__in=[book.pk for book in books]), since)
    days = charges.order_by().annotate(day=TruncDate("transfer__at")).values("day").annotate(sum=Sum("amount"))
    return {row["day"]: -row["sum"] for row in days}


def _charges(books: QuerySet[Book], since: datetime) -> QuerySet[Entry]:
    """Entries have no time of their own, but a book's are in order: only those after the last old one are looked at."""
    older = Entry.objects.filter(book=OuterRef("pk"), transfer__at__lt=since).order_by("-sequence")
    recent = Q()
    moved = books.filter(version__gt=0).annotate(end=Subquery(older.values("sequence")[:1]))
    for book in moved.values("pk", "end"):
        recent |= Q(book=book["pk"], sequence__gt=book["end"] or 0)
    if not recent:
        return Entry.objects.none()
    return Entry.objects.filter(recent, transfer__kind=TransferKind.CHARGE, amount__lt=0, transfer__at__gte=since)
