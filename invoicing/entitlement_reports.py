"""What a page says of entitlements: how each stands, what is left of a tax number's rights, use day by day (I6.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from invoicing.models import Entitlement, EntitlementUse, Service, Taxpayer
from invoicing.models.entitlement import EntitlementQuerySet

DAYS: Final = 30
SOON: Final = timedelta(days=30)
LOW_PART: Final = 10  # a tenth or less is left


class Standing:
    """How an entitlement stands; the names are what the filter and the API say."""

    VALID, LOW, USED_UP, COMING, OVER, ENDED = "valid", "low", "used_up", "coming", "over", "ended"


LABELS: Final[dict[str, tuple[Promise, str]]] = {
    Standing.VALID: (pgettext_lazy("an entitlement", "In force"), "ok"),
    Standing.LOW: (_("Nearly used up"), "warn"),
    Standing.USED_UP: (_("Used up"), "stop"),
    Standing.COMING: (_("Begins later"), "wait"),
    Standing.OVER: (_("Run out"), "neutral"),
    Standing.ENDED: (_("Ended"), "neutral"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An entitlement as a page shows it at one moment."""

    entitlement: Entitlement
    standing: str
    undoable: bool

    @property
    def label(self) -> str:
        """The standing in words."""
        return str(LABELS[self.standing][0])

    @property
    def tone(self) -> str:
        """The standing by colour and shape."""
        return LABELS[self.standing][1]


def standing_of(entitlement: Entitlement, at: datetime) -> str:
    """How it stands at that moment."""
    if entitlement.ended_at is not None:
        return Standing.ENDED
    if entitlement.expires_at <= at:
        return Standing.OVER
    if entitlement.left <= 0:
        return Standing.USED_UP
    if entitlement.starts_at > at:
        return Standing.COMING
    return Standing.LOW if entitlement.left * LOW_PART <= entitlement.granted else Standing.VALID


def rows_of(entitlements: Iterable[Entitlement], at: datetime) -> list[Row]:
    """Each with its standing and whether its assignment can be undone."""
    return [Row(one, standing_of(one, at), one.can_be_undone(at=at)) for one in entitlements]


def seen_by(account: Account) -> EntitlementQuerySet:
    """Those of the account's tenants, with all that a row names."""
    rows = Entitlement.objects.filter(taxpayer__tenant__account=account)
    return rows.select_related("taxpayer__tenant", "order__package__product")


def standing(rows: EntitlementQuerySet, wanted: str, at: datetime) -> EntitlementQuerySet:
    """Only those that stand so at that moment."""
    live, left = rows.filter(ended_at=None), Q(used__lt=F("granted"))
    low = Q(used__gte=F("granted") - F("granted") / LOW_PART)
    found: dict[str, EntitlementQuerySet] = {
        Standing.VALID: rows.usable(at=at),
        Standing.LOW: rows.valid(at=at).filter(left & low),
        Standing.USED_UP: live.filter(~left, expires_at__gt=at),
        Standing.COMING: live.filter(left, starts_at__gt=at),
        Standing.OVER: live.filter(expires_at__lte=at),
        Standing.ENDED: rows.filter(ended_at__isnull=False),
    }
    return found.get(wanted, rows)


@dataclass(frozen=True, slots=True)
class Holding:
    """What an enterprise may still do by one service."""

    service: str
    left: int
    until: datetime

    @property
    def label(self) -> str:
        """The service in words."""
        return str(Service(self.service).label)


def holdings_of(taxpayers: Sequence[Taxpayer], at: datetime) -> list[tuple[Taxpayer, list[Holding]]]:
    """For each enterprise what is in force, service by service; by one query."""
    rows = Entitlement.objects.valid(at=at).filter(taxpayer__in=taxpayers).order_by("service", "expires_at")
    found: dict[tuple[int, str], Holding] = {}
    for one in rows:
        before = found.get((one.taxpayer_id, one.service))
        left = one.left + (before.left if before else 0)
        found[one.taxpayer_id, one.service] = Holding(one.service, left, one.expires_at)
    return [(taxpayer, [held for key, held in found.items() if key[0] == taxpayer.pk]) for taxpayer in taxpayers]


def uses_by_day(entitlement: Entitlement, at: datetime) -> list[tuple[date, int]]:
    """How often it was used on each of the last thirty days; what was given back does not count."""
    today = timezone.localtime(at).date()
    first = today - timedelta(days=DAYS - 1)
    uses = EntitlementUse.objects.filter(entitlement=entitlement, given_back_at=None)
    begun = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    counted = uses.filter(at__gte=begun).annotate(day=TruncDate("at")).values_list("day").annotate(Count("pk"))
    by_day = dict(counted)
    return [(day, by_day.get(day, 0)) for day in (first + timedelta(days=number) for number in range(DAYS))]


@dataclass(frozen=True, slots=True)
class Totals:
    """All that is in force of one service."""

    service: str
    granted: int
    used: int

    @property
    def label(self) -> str:
        """The service in words."""
        return str(Service(self.service).label)

    @property
    def left(self) -> int:
        """Uses that are left."""
        return self.granted - self.used


def totals_of(rows: EntitlementQuerySet, at: datetime) -> list[Totals]:
    """The sums of what is in force, by service."""
    summed = rows.valid(at=at).order_by("service").values("service").annotate(Sum("granted"), Sum("used"))
    return [Totals(one["service"], one["granted__sum"], one["used__sum"]) for one in summed]
