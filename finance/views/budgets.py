"""Budgets: the list with bars, one with its months, and the form."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.budget_standings import months_of, shown_budgets, standings_of
from finance.forms.budgets import BudgetForm, initial_of
from finance.models import Budget, BudgetCrossing, PurchaseStop
from finance.services.budgets import change_budget, create_budget, go_on_with_budget, pause_budget
from finance.views.limit_tabs import limit_tabs

CROSSINGS_SHOWN = 20


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every budget with what is spent and expected of it."""
    rows = paginate(shown_budgets(Budget.objects.visible_to(request.account)), request, order=("-id",), size=25)
    context = {
        "page": rows,
        "rows": standings_of(list(rows), at=timezone.now()),
        "can_move": _can_move(request),
        "tabs": limit_tabs(request),
    }
    return page(request, "finance/budgets/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One budget: this month, the months before, what was told, whom it stopped."""
    budget, now = _own(request, pk), timezone.now()
    months = months_of(budget, at=now)
    crossings = BudgetCrossing.objects.filter(budget=budget)[:CROSSINGS_SHOWN]
    stops = PurchaseStop.objects.filter(budget=budget).select_related("relationship__member")[:CROSSINGS_SHOWN]
    context = {
        "standing": months[0],
        "months": months,
        "most": max(max(one.spent.forecast, budget.amount) for one in months),
        "crossings": list(crossings),
        "stops": list(stops),
        "can_move": _can_move(request),
    }
    return page(request, "finance/budgets/detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def create(request: ConsoleRequest) -> HttpResponse:
    """A new one; the page of a member or folder names it in the address."""
    form = BudgetForm(typed(request), account=request.account, initial=_asked(request))
    tried = attempt(
        request, form, lambda: create_budget(actor=request.actor, account=request.account, plan=form.plan())
    )
    if tried.done and tried.result is not None:
        messages.success(request, _("The budget counts from now on."))
        return redirect("finance:budget-detail", tried.result.pk)
    return page(request, "finance/budgets/edit.html", {"form": form}, status=tried.status)


def _asked(request: ConsoleRequest) -> dict[str, Any]:
    wanted: dict[str, Any] = {"actual": [50, 80, 100], "forecast": [100], "action": Budget.Action.NOTIFY}
    for name in ("relationship", "folder"):
        text = request.GET.get(name, "")
        if text.isascii() and text.isdigit() and len(text) < 19:
            wanted[name] = int(text)
    return wanted


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def edit(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Another amount, scope, threshold or action."""
    budget = _own(request, pk)
    form = BudgetForm(typed(request), account=request.account, budget=budget, initial=initial_of(budget))
    tried = attempt(request, form, lambda: change_budget(actor=request.actor, budget_id=pk, plan=form.plan()))
    if tried.done:
        messages.success(request, _("The budget was changed."))
        return redirect("finance:budget-detail", pk)
    return page(request, "finance/budgets/edit.html", {"form": form, "budget": budget}, status=tried.status)


@require_POST
@needs(Right.MOVE_FUNDS)
def pause(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Nobody is told for now."""
    pause_budget(actor=request.actor, budget_id=_own(request, pk).pk)
    messages.success(request, _("The budget is paused."))
    return redirect("finance:budget-detail", pk)


@require_POST
@needs(Right.MOVE_FUNDS)
def go_on(request: ConsoleRequest, pk: int) -> HttpResponse:
    """It counts again."""
    go_on_with_budget(actor=request.actor, budget_id=_own(request, pk).pk)
    messages.success(request, _("The budget counts again."))
    return redirect("finance:budget-detail", pk)


def _own(request: ConsoleRequest, pk: int) -> Budget:
    return get_object_or_404(shown_budgets(Budget.objects.visible_to(request.account)), pk=pk)


def _can_move(request: ConsoleRequest) -> bool:
    return Right.MOVE_FUNDS in rights_of(request.actor, request.account)
