"""Budgets: what a month may cost, at which share of it somebody is told, and what happens when all of it is spent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import Account, Folder, Relationship
from accounts.names import clean_name
from accounts.permissions import Point, Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance import policy
from finance.cycles import month_of
from finance.models import Budget, BudgetCrossing, Product
from finance.money import is_amount
from finance.services.purchase_stops import release_budget
from finance.services.spent import spent_on
from finance.services.trusts import payer_of

Action = Budget.Action


class BillsHidden(DomainError):
    """The manager may see nothing that the member pays for itself."""

    code = "bills_hidden"
    rule = "K1.2"
    sentence = _("This account does not let you see its bills, so its spending cannot be held against a budget.")
    hint = _("Ask it for the permission to see bills first.")


class TooManyBudgets(DomainError):
    """More than anybody reads."""

    code = "too_many_budgets"
    sentence = _("An account has at most %(most)s budgets. Pause and change one that you no longer need.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a budget says. At most one of `relationship_id` and `folder_id`; neither: everything the account manages."""

    name: str
    amount: Decimal
    relationship_id: int | None = None
    folder_id: int | None = None
    product_id: int | None = None
    actual: Sequence[int] = field(default=(50, 80, 100))
    forecast: Sequence[int] = field(default=(100,))
    action: str = Action.NOTIFY


@atomic
def create_budget(*, actor: Actor, account: Account, plan: Plan, now: datetime | None = None) -> Budget:
    """The month's spending is held against the amount in yuan from now on, and every month.

    Raises InputError, NotFound for what is not the account's, BillsHidden, TooManyBudgets.
    """
    require(actor, Right.MOVE_FUNDS, account)
    at = now or timezone.now()
    if Budget.objects.filter(account=account).count() >= policy.BUDGETS_MAX:
        raise TooManyBudgets(most=policy.BUDGETS_MAX)
    fields = _checked(account, plan, at)
    budget = Budget.objects.create(account=account, created_by=actor.user, created_at=at, **fields)
    _note("created", actor, budget, at)
    return budget


@atomic
def change_budget(*, actor: Actor, budget_id: int, plan: Plan, now: datetime | None = None) -> Budget:
    """The new plan counts from now on, for the running month, too: thresholds that it does not reach are open again,
    and a stop of purchases that it does not reach is over. Locks the budget. Raises as `create_budget`."""
    budget, at = _locked(actor, budget_id), now or timezone.now()
    fields = _checked(budget.account, plan, at)
    for name, value in fields.items():
        setattr(budget, name, value)
    budget.save(update_fields=list(fields))
    _reopen(actor, budget, at)
    _note("changed", actor, budget, at)
    return budget


@atomic
def pause_budget(*, actor: Actor, budget_id: int, now: datetime | None = None) -> Budget:
    """Nobody is told and nothing is stopped until it goes on; what it stopped is over. Locks the budget."""
    budget, at = _locked(actor, budget_id), now or timezone.now()
    if budget.active:
        budget.active = False
        budget.save(update_fields=["active"])
        release_budget(budget=budget, actor=actor, at=at)
        _note("paused", actor, budget, at)
    return budget


@atomic
def go_on_with_budget(*, actor: Actor, budget_id: int, now: datetime | None = None) -> Budget:
    """It counts again; what was crossed this month before the pause is not told twice. Locks the budget."""
    budget, at = _locked(actor, budget_id), now or timezone.now()
    if not budget.active:
        budget.active = True
        budget.save(update_fields=["active"])
        _note("resumed", actor, budget, at)
    return budget


@atomic
def end_budgets(*, relationship_id: int, at: datetime) -> list[Budget]:
    """Budgets of a member that is linked no longer are paused. For whoever dissolves. Locks them."""
    rows = Budget.objects.filter(relationship=relationship_id, active=True).select_related("account").order_by("pk")
    budgets = list(rows.select_for_update(of=("self",), no_key=True))
    for budget in budgets:
        budget.active = False
        budget.save(update_fields=["active"])
        _note("paused", SYSTEM, budget, at)
    return budgets


def _checked(account: Account, plan: Plan, at: datetime) -> dict[str, Any]:
    if not is_amount(plan.amount):
        raise InputError("amount", _("The amount must be greater than zero, with at most two decimal places."))
    if plan.relationship_id is not None and plan.folder_id is not None:
        raise InputError("folder", _("Choose an account or a folder, not both."))
    if plan.action not in Action.values:
        raise InputError("action", _("Choose what happens when the budget is reached."))
    actual, forecast = _percents("actual", plan.actual), _percents("forecast", plan.forecast)
    if not actual and not forecast and plan.action == Action.NOTIFY:
        raise InputError("actual", _("Name at least one share at which you want to be told."))
    return {
        "name": cleaned("name", clean_name, plan.name),
        "amount": plan.amount,
        "relationship": _member(account, plan.relationship_id, at),
        "folder": _one(Folder.objects.filter(owner=account), plan.folder_id),
        "product": _one(Product.objects.all(), plan.product_id),
        "actual": actual,
        "forecast": forecast,
        "action": plan.action,
    }


def _percents(name: str, given: Collection[int]) -> list[int]:
    found = sorted(set(given))
    if any(not 1 <= one <= policy.BUDGET_PERCENT_MOST for one in found):
        most = policy.BUDGET_PERCENT_MOST
        raise InputError(name, _("Name whole numbers from 1 to %(most)s."), most=most)
    if len(found) > policy.BUDGET_THRESHOLDS_MAX:
        raise InputError(name, _("Name at most %(most)s of them."), most=policy.BUDGET_THRESHOLDS_MAX)
    return found


def _member(account: Account, pk: int | None, at: datetime) -> Relationship | None:
    link: Relationship | None = _one(Relationship.objects.filter(manager=account).select_related("member"), pk)
    if link is None or link.grants(Point.VIEW_BILLS):
        return link
    if not link.is_in_force or payer_of(account=link.member, at=at).account != account:
        raise BillsHidden()
    return link


def _one(rows: Any, pk: int | None) -> Any:
    if pk is None:
        return None
    if (found := rows.filter(pk=pk).first()) is None:
        raise NotFound()
    return found


def _reopen(actor: Actor, budget: Budget, at: datetime) -> None:
    """A crossing tells of the amount of its time: under a higher one it may come again."""
    month = month_of(at)
    spent = spent_on(budgets=[budget.pk], months=[month], at=at)[budget.pk, month]
    reached = {BudgetCrossing.Basis.ACTUAL: spent.actual, BudgetCrossing.Basis.FORECAST: spent.forecast}
    for crossing in BudgetCrossing.objects.filter(budget=budget, month=month):
        if reached[BudgetCrossing.Basis(crossing.basis)] < share_of(budget=budget, percent=crossing.percent):
            crossing.delete()
    if spent.actual < budget.amount or budget.action == Action.NOTIFY:
        release_budget(budget=budget, actor=actor, at=at)


def share_of(*, budget: Budget, percent: int) -> Decimal:
    """So many per cent of the amount, in yuan; what reaches it has crossed."""
    return budget.amount * percent / 100


def _locked(actor: Actor, pk: int) -> Budget:
    rows = Budget.objects.select_related("account").filter(pk=pk)
    if (budget := rows.select_for_update(of=("self",), no_key=True).first()) is None:
        raise NotFound()
    require(actor, Right.MOVE_FUNDS, budget.account)
    return budget


def _note(what: str, actor: Actor, budget: Budget, at: datetime) -> None:
    amount = str(budget.amount)
    record(
        f"budget.{what}", actor=actor, account=budget.account, subject=budget, at=at, name=budget.name, amount=amount
    )
