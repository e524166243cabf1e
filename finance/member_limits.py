"""What limits one member, for its manager's page about it; and what an account must look at now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from accounts.models import Account, Relationship
from finance.budget_standings import BudgetStanding, shown_budgets, standings_of
from finance.models import BalanceAlert, Budget, PurchaseStop, Suspension

BUDGETS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class MemberLimits:
    """The stop that is in force or asked for, budgets of this member alone, and the manager's alert."""

    stop: PurchaseStop | None
    budgets: Sequence[BudgetStanding]
    alert: BalanceAlert | None


def limits_of_member(link: Relationship, *, at: datetime) -> MemberLimits:
    """By four or five queries."""
    stops = PurchaseStop.objects.filter(relationship=link)
    stop = stops.in_force(at=at).first() or stops.waiting(at=at).first()
    budgets = list(shown_budgets(Budget.objects.filter(relationship=link))[:BUDGETS_SHOWN])
    alert = BalanceAlert.objects.filter(account=link.member_id, watcher=link.manager_id).first()
    return MemberLimits(stop, standings_of(budgets, at=at), alert)


@dataclass(frozen=True, slots=True)
class Warnings:
    """How many services have stopped, when the next stops, how many stops of purchases wait for a decision."""

    stopped: int
    stops_at: datetime | None
    asked: int


def warnings_of(account: Account, *, at: datetime) -> Warnings:
    """By two queries."""
    held = Suspension.objects.open().filter(payer=account).order_by()
    stopped, running = Q(state=Suspension.State.SUSPENDED), Q(state=Suspension.State.GRACE)
    found = held.aggregate(stopped=Count("pk", filter=stopped), stops_at=Min("stops_at", filter=running))
    asked = PurchaseStop.objects.visible_to(account).waiting(at=at).count()
    return Warnings(found["stopped"], found["stops_at"], asked)
