"""What an account spends day by day, and how long its cash lasts if it goes on like this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery, Sum
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


def _spent_by_day(books: Sequence[Book], since: datetime) -> dict[date, Decimal]:
    """Entries have no time of their own, but a book's are in order: only those after the last old one are looked at."""
    older = Entry.objects.filter(book=OuterRef("pk"), transfer__at__lt=since).order_by("-sequence")
    ends = Book.objects.filter(pk__in=[book.pk for book in books if book.version])
    recent = Q()
    for book in ends.annotate(end=Subquery(older.values("sequence")[:1])).values("pk", "end"):
        recent |= Q(book=book["pk"], sequence__gt=book["end"] or 0)
    if not recent:
        return {}
    charges = Entry.objects.filter(recent, transfer__kind=TransferKind.CHARGE, amount__lt=0, transfer__at__gte=since)
    days = charges.order_by().annotate(day=TruncDate("transfer__at")).values("day").annotate(sum=Sum("amount"))
    return {row["day"]: -row["sum"] for row in days}
