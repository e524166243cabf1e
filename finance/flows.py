"""The fund flow of an account: every allotment and recall on which it is one of the two sides (K10.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from accounts.models import Account
from finance.models import Allotment
from finance.money import ZERO

ALLOT, RECALL = Allotment.Direction.ALLOT, Allotment.Direction.RECALL


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a set of rows, from the account's own side, in yuan."""

    count: int
    came_in: Decimal
    went_out: Decimal

    @property
    def net(self) -> Decimal:
        """What the account has more for it."""
        return self.came_in - self.went_out


def flows_of(account: Account) -> "QuerySet[Allotment]":
    """All of them. Most accounts stand on one side only, and then one index answers in the page's own order."""
    gave = Allotment.objects.filter(manager=account)
    received = Allotment.objects.filter(member=account)
    if not received.exists():
        return gave
    return Allotment.objects.visible_to(account) if gave.exists() else received


def narrowed(account: Account, asked: Mapping[str, Any]) -> "QuerySet[Allotment]":
    """By direction, counterpart, since, until, least, most, q, as far as they are given."""
    found = flows_of(account)
    if direction := asked.get("direction"):
        found = found.filter(direction=direction)
    if name := asked.get("counterpart"):
        found = found.filter(_opposite(account, str(name)))
    if words := asked.get("q"):
        found = found.filter(note__icontains=words)
    if asked.get("least") is not None:
        found = found.filter(amount__gte=asked["least"])
    if asked.get("most") is not None:
        found = found.filter(amount__lte=asked["most"])
    if since := asked.get("since"):
        found = found.filter(created_at__gte=midnight(since))
    if until := asked.get("until"):
        found = found.filter(created_at__lt=midnight(until + timedelta(days=1)))
    return found


def _opposite(account: Account, words: str) -> Q:
    """By name, user name or number of whoever stands on the other side."""
    sides = Q()
    for own, other in (("manager", "member"), ("member", "manager")):
        named = Q(**{f"{other}__name__icontains": words}) | Q(**{f"{other}__username": words.lower()})
        sides |= Q(**{own: account}) & (named | Q(**{f"{other}__number": words}))
    return sides


def sums_of(account: Account, rows: "QuerySet[Allotment]") -> Sums:
    """One query."""
    inward = Q(manager=account, direction=RECALL) | Q(member=account, direction=ALLOT)
    found = rows.order_by().aggregate(
        count=Count("pk"),
        came_in=Sum(Case(When(inward, then=F("amount")), default=Value(ZERO))),
        went_out=Sum(Case(When(inward, then=Value(ZERO)), default=F("amount"))),
    )
    return Sums(count=found["count"], came_in=found["came_in"] or ZERO, went_out=found["went_out"] or ZERO)


@dataclass(frozen=True, slots=True)
class Flow:
    """One row from the account's own side."""

    allotment: Allotment
    inward: bool
    counterpart: Account

    @property
    def amount(self) -> Decimal:
        """With its sign."""
        return self.allotment.amount if self.inward else -self.allotment.amount


def flow_of(account: Account, allotment: Allotment) -> Flow:
    """The row as this account, one of its two sides, reads it; both sides must be loaded."""
    managing = allotment.manager_id == account.pk
    inward = (allotment.direction == RECALL) is managing
    return Flow(allotment, inward, allotment.member if managing else allotment.manager)


def midnight(day: date) -> datetime:
    """When that day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))
