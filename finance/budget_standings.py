"""Budgets as pages show them: what is spent, what is expected, in yuan and in per cent of the amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from finance import policy
from finance.cycles import month_of
from finance.models import Budget
from finance.models.budget import BudgetQuerySet
from finance.money import ZERO
from finance.services.spent import Spent, spent_on

Text = str | Promise


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """A budget in one month."""

    budget: Budget
    month: date
    spent: Spent
    is_running: bool = True

    @property
    def percent(self) -> int:
        """Of the amount, spent; rounded down, so that 100 means reached."""
        return _percent(self.spent.actual, self.budget)

    @property
    def forecast_percent(self) -> int:
        """Of the amount, expected."""
        return _percent(self.spent.forecast, self.budget)

    @property
    def left(self) -> Decimal:
        """Below zero where more was spent."""
        return self.budget.amount - self.spent.actual

    @property
    def tone(self) -> str:
        """How it looks: reached, going to be reached, or neither."""
        if self.percent >= 100:
            return "stop"
        return "warn" if self.forecast_percent >= 100 else "ok"

    @property
    def label(self) -> Text:
        """The same in words."""
        if not self.budget.active:
            return _("Paused")
        return {"stop": _("Reached"), "warn": _("Will be reached"), "ok": _("Within the budget")}[self.tone]

    @property
    def marks(self) -> list[int]:
        """Where somebody is told."""
        return sorted(set(self.budget.actual) | set(self.budget.forecast))


def shown_budgets(rows: BudgetQuerySet) -> BudgetQuerySet:
    """With everything that their names need."""
    return rows.select_related("relationship__member", "folder", "product")


def standings_of(budgets: Sequence[Budget], *, at: datetime) -> list[BudgetStanding]:
    """In the running month; one query, however many they are."""
    month = month_of(at)
    spent = spent_on(budgets=[one.pk for one in budgets], months=[month], at=at)
    return [BudgetStanding(one, month, spent[one.pk, month]) for one in budgets]


def months_of(budget: Budget, *, at: datetime) -> list[BudgetStanding]:
    """The running month and those before it, newest first; one query."""
    months = [month_of(at)]
    while len(months) < policy.BUDGET_MONTHS_SHOWN:
        year, month = months[-1].year, months[-1].month
        months.append(date(year - 1, 12, 1) if month == 1 else date(year, month - 1, 1))
    spent = spent_on(budgets=[budget.pk], months=months, at=at)
    return [BudgetStanding(budget, month, spent[budget.pk, month], month == months[0]) for month in months]


def _percent(amount: Decimal, budget: Budget) -> int:
    return int((max(amount, ZERO) * 100 / budget.amount).to_integral_value(ROUND_DOWN))
