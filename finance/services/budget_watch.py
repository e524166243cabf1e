"""Holding the running month against every budget: each threshold is told once a month, by one row for each."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.models import Folder, Relationship
from accounts.models.relationship import RelationshipQuerySet
from config.transactions import atomic
from finance import policy
from finance.cycles import month_of
from finance.models import Budget, BudgetCrossing
from finance.services.budgets import share_of
from finance.services.purchase_stops import impose_stops
from finance.services.spent import Spent, spent_on

Basis = BudgetCrossing.Basis
WHOLE = 100
Threshold = tuple[str, int]  # by what, and at how many per cent


def evaluate_budgets(*, now: datetime | None = None) -> int:
    """Every threshold that the running month has reached is told and acted upon, once; answers how many were new.

    Sums of all budgets are made some hundred at a time; each budget with something new commits on its own.
    """
    at, last, crossed = now or timezone.now(), 0, 0
    month = month_of(at)
    while True:
        rows = Budget.objects.filter(pk__gt=last, active=True).order_by("pk")
        budgets = list(rows[: policy.LIMITS_AT_ONCE])
        if not budgets:
            return crossed
        last = budgets[-1].pk
        spent = spent_on(budgets=[budget.pk for budget in budgets], months=[month], at=at)
        known = _known(budgets, month)
        for budget in budgets:
            if set(reached(budget=budget, spent=spent[budget.pk, month])) - known.get(budget.pk, set()):
                crossed += cross_thresholds(budget_id=budget.pk, at=at)


def reached(*, budget: Budget, spent: Spent) -> list[Threshold]:
    """The thresholds that these sums have reached; whatever is to be done at the whole counts as one of them."""
    actual = set(budget.actual) | ({WHOLE} if budget.action != Budget.Action.NOTIFY else set())
    wanted = [(str(Basis.FORECAST), one) for one in budget.forecast] + [(str(Basis.ACTUAL), one) for one in actual]
    return sorted(one for one in wanted if _amount(spent, one[0]) >= share_of(budget=budget, percent=one[1]))


@atomic
def cross_thresholds(*, budget_id: int, at: datetime) -> int:
    """What the budget has newly reached is written, told and acted upon; answers how many thresholds.

    Locks the members that may be stopped, then the budget, so that of many who see the same one writes it.
    """
    month, links = month_of(at), _lock_members(budget_id)
    budget = Budget.objects.select_related("account").select_for_update(of=("self",), no_key=True).get(pk=budget_id)
    if not budget.active:
        return 0
    spent = spent_on(budgets=[budget.pk], months=[month], at=at)[budget.pk, month]
    known = _known([budget], month).get(budget.pk, set())
    fresh = [one for one in reached(budget=budget, spent=spent) if one not in known]
    for basis, percent in fresh:
        amount = _amount(spent, basis)
        facts = {"basis": basis, "percent": percent, "month": month, "amount": amount}
        crossing = BudgetCrossing.objects.create(budget=budget, at=at, **facts)
        stops = _act(budget, links, at) if (basis, percent) == (Basis.ACTUAL, WHOLE) else 0
        _tell(budget, crossing, stops, at)
    return len(fresh)


def _lock_members(budget_id: int) -> list[Relationship]:
    """Whom it may have to stop; nobody where it only tells."""
    if not Budget.objects.filter(pk=budget_id).exclude(action=Budget.Action.NOTIFY).exists():
        return []
    return list(members_of(budget_id=budget_id).order_by("pk").select_for_update(of=("self",), no_key=True))


def members_of(*, budget_id: int) -> RelationshipQuerySet:
    """The relationships in force that the budget covers, with both sides."""
    budget = Budget.objects.get(pk=budget_id)
    links = Relationship.objects.in_force().filter(manager=budget.account_id).select_related("manager", "member")
    if budget.relationship_id is not None:
        return links.filter(pk=budget.relationship_id)
    if budget.folder_id is not None:
        return links.filter(folder__in=_below(budget.account_id, budget.folder_id))
    return links


def _below(owner: int, top: int) -> set[int]:
    """The folder and all folders in it."""
    found, parents = {top}, dict(Folder.objects.filter(owner=owner).values_list("pk", "parent_id"))
    while more := {pk for pk, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _act(budget: Budget, links: Sequence[Relationship], at: datetime) -> int:
    if budget.action == Budget.Action.NOTIFY:
        return 0
    return len(impose_stops(budget=budget, links=links, ask=budget.action == Budget.Action.ASK, at=at))


def _tell(budget: Budget, crossing: BudgetCrossing, stops: int, at: datetime) -> None:
    record(
        "budget.crossed",
        actor=SYSTEM,
        account=budget.account,
        subject=crossing,
        at=at,
        name=budget.name,
        purpose=crossing.basis,
        percent=crossing.percent,
        amount=str(crossing.amount),
        limit=str(budget.amount),
        action=budget.action if stops else "",
        stops=stops,
    )


def _known(budgets: Sequence[Budget], month: date) -> dict[int, set[Threshold]]:
    rows = BudgetCrossing.objects.filter(budget__in=budgets, month=month).values_list("budget", "basis", "percent")
    found: dict[int, set[Threshold]] = {}
    for pk, basis, percent in rows:
        found.setdefault(pk, set()).add((basis, percent))
    return found


def _amount(spent: Spent, basis: str) -> Decimal:
    return spent.actual if basis == Basis.ACTUAL else spent.forecast
