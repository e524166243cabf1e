"""How full products are, hour by hour, and how many users would have let everybody in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Max
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import Seat, SeatPeak, Subscription


@dataclass(frozen=True, slots=True)
class Day:
    """The busiest moment of a day, and the most who came in vain in one hour of it."""

    day: date
    most: int
    refused: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Four weeks, and what they say: how many users would have been enough, and when it was full."""

    days: list[Day]
    most: int
    needed: int
    full_days: int


def note_peak(*, product: Subscription, count: int, at: datetime) -> None:
    """So many are in now; the hour remembers the most. Part of the caller's transaction, under the product's lock."""
    peak, _made = SeatPeak.objects.get_or_create(subscription=product, hour=_hour(at), defaults={"most": count})
    if peak.most < count:
        SeatPeak.objects.filter(pk=peak.pk).update(most=Greatest(F("most"), count))


def note_refusal(*, product: Subscription, at: datetime) -> None:
    """One more came in vain. Part of the caller's transaction, under the product's lock."""
    peak, _made = SeatPeak.objects.get_or_create(subscription=product, hour=_hour(at))
    SeatPeak.objects.filter(pk=peak.pk).update(refused=F("refused") + 1)


def note_peaks(*, now: datetime | None = None) -> int:
    """Hours in which nobody came, but people were in, remember it, too; for the job. Answers how many products."""
    at = now or timezone.now()
    products = Seat.objects.taken(at=at).values_list("subscription", flat=True).distinct()
    found = list(products)
    for product_id in found:
        _note(product_id=product_id, at=at)
    return len(found)


@atomic
def _note(*, product_id: int, at: datetime) -> None:
    product = Subscription.objects.select_for_update(of=("self",), no_key=True).get(pk=product_id)
    note_peak(product=product, count=Seat.objects.taken(at=at).filter(subscription=product).count(), at=at)


def picture_of(*, product: Subscription, now: datetime | None = None) -> Picture:
    """The last four weeks up to today, in two queries."""
    today = timezone.localdate(now or timezone.now())
    first = today - timedelta(days=policy.PEAK_DAYS - 1)
    hours = product.peaks.annotate(day=TruncDate("hour")).filter(day__gte=first)
    found = {
        row["day"]: Day(row["day"], row["most_"], row["refused_"])
        for row in hours.values("day").annotate(most_=Max("most"), refused_=Max("refused")).order_by("day")
    }
    days = [found.get(day, Day(day, 0, 0)) for day in (first + timedelta(days=n) for n in range(policy.PEAK_DAYS))]
    needed = hours.aggregate(most=Max(F("most") + F("refused")))["most"] or 0
    full = sum(day.refused > 0 or day.most >= product.users_total > 0 for day in days)
    return Picture(days, max(day.most for day in days), needed, full)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
