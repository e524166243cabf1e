"""Who is in: for the page of online users (S12.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kiscloud import policy
from kiscloud.models import Seat, SeatWait, Subscription

IDLE = timedelta(minutes=10)  # who did nothing for so long is called idle


@dataclass(frozen=True, slots=True)
class Online:
    """A seat: for how long nothing was done, and how long a countdown still runs."""

    seat: Seat
    idle: timedelta
    seconds_left: int | None

    @property
    def idle_minutes(self) -> int:
        """In whole minutes."""
        return int(self.idle.total_seconds() // 60)

    @property
    def is_idle(self) -> bool:
        """Long enough to ask."""
        return self.idle >= IDLE


@dataclass(frozen=True, slots=True)
class House:
    """A product with everybody who is in it and who waits."""

    product: Subscription
    online: Sequence[Online]
    waits: Sequence[SeatWait]

    @property
    def is_full(self) -> bool:
        """The next one is refused."""
        return len(self.online) >= self.product.users_total

    @property
    def longest_idle(self) -> Online | None:
        """Who has done nothing for the longest time, of those who are not leaving already; None without any."""
        staying = [one for one in self.online if one.seconds_left is None]
        return max(staying, key=lambda one: one.idle, default=None)

    @property
    def free(self) -> int:
        """How many may still come."""
        return max(0, self.product.users_total - len(self.online))


def online_users(*, product: Subscription, now: datetime | None = None) -> list[Online]:
    """Everybody who is in, in the order in which they came."""
    [house] = houses(products=[product], now=now)
    return list(house.online)


def houses(*, products: Sequence[Subscription], now: datetime | None = None) -> list[House]:
    """The same for each of these, with who waits; in two queries."""
    at = now or timezone.now()
    seats = Seat.objects.taken(at=at).filter(subscription__in=products).select_related("user", "device", "account_set")
    waits = SeatWait.objects.filter(subscription__in=products, seen_at__gt=at - policy.WAIT_SILENCE)
    people: dict[int, list[Online]] = {product.pk: [] for product in products}
    waiting: dict[int, list[SeatWait]] = {product.pk: [] for product in products}
    for seat in seats.order_by("started_at", "pk"):
        people[seat.subscription_id].append(Online(seat, at - seat.used_at, seconds_left(seat=seat, at=at)))
    for wait in waits.select_related("user").order_by("since", "pk"):
        waiting[wait.subscription_id].append(wait)
    return [House(product, people[product.pk], waiting[product.pk]) for product in products]


def seconds_left(*, seat: Seat, at: datetime) -> int | None:
    """Of the countdown, if one runs; a begun second counts."""
    if seat.ending_at is None:
        return None
    return max(0, -int((at - seat.ending_at) // timedelta(seconds=1)))
