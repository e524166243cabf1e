"""Repayment plans: the list, making one in two steps, one with its progress, cancelling (K11)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Account
from accounts.permissions import Right
from config.idempotency import digest_of, remembered
from config.models import IdempotentAnswer
from config.paging import paginate
from config.web import page
from finance import policy
from finance.forms.statements import ConsentForm, PlanForm
from finance.models import PlanItem, RepaymentPlan
from finance.money import ZERO
from finance.reports import what_it_has
from finance.services.ledger import funds_of
from finance.services.plan_runs import execute_plan
from finance.services.plans import Skip, Wish, cancel_plan, create_plan, reason_against
from finance.services.trusts import trusteed_by
from finance.statement_reports import Row, plannable

PENDING = Q(items__state=PlanItem.State.PENDING)
ID_DIGITS_MAX = 18


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Each with how far it is."""
    found = RepaymentPlan.objects.visible_to(request.account).annotate(
        total=Sum("items__amount"),
        paid=Sum("items__paid"),
        count=Count("items"),
        waiting=Count("items", filter=PENDING),
    )
    context = {
        "page": paginate(found, request, order=("-id",)),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/plans/list.html", context, part="_rows.html")


@require_safe
@needs(Right.MOVE_FUNDS)
def choose(request: ConsoleRequest) -> HttpResponse:
    """First step: a name, the statements, the order."""
    form = PlanForm(request.GET if "name" in request.GET else None)
    context = {
        "form": form,
        "rows": plannable(request.account, most=policy.PLAN_ITEMS_MAX),
        "most": policy.PLAN_ITEMS_MAX,
        "ticked": _ids(request.GET),
        "have": what_it_has(request.account),
        "unticked": "name" in request.GET and not _ids(request.GET),
    }
    return page(request, "finance/plans/choose.html", context)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def confirm(request: ConsoleRequest) -> HttpResponse:
    """Second step: the sums, what will happen, the consent; sent, the plan is made and pays as far as cash goes."""
    asked = request.POST if request.method == "POST" else request.GET
    form, consent = PlanForm(asked), ConsentForm(typed(request))
    if consent.is_valid() and (made := _made_before(request, consent.cleaned_data["key"])) is not None:
        return redirect("finance:plan-detail", made)
    rows = _chosen(request.account, asked)
    back = f"{reverse('finance:plan-create')}?{_kept(asked)}"
    if not form.is_valid() or not rows:
        return redirect(back)
    wish = Wish(statements=[row.statement.pk for row in rows], consent=True, **form.cleaned_data)
    tried = attempt(request, consent, lambda: _once(request, wish, consent.cleaned_data["key"]))
    if tried.result is not None:
        execute_plan(plan_id=tried.result)
        messages.success(request, _("The plan “%(name)s” was made.") % {"name": wish.name})
        return redirect("finance:plan-detail", tried.result)
    have, arrears = what_it_has(request.account), funds_of(account=request.account).arrears
    total = sum((row.undisputed for row in rows), ZERO)
    usable = max(ZERO, have.cash - arrears)
    context = {
        "form": consent,
        "name": wish.name,
        "order": wish.order,
        "order_label": RepaymentPlan.Order(wish.order).label,
        "rows": rows,
        "total": total,
        "cash": have.cash,
        "arrears": arrears,
        "now": min(usable, total),
        "later": max(ZERO, total - usable),
        "back": back,
    }
    return page(request, "finance/plans/confirm.html", context, status=tried.status)


def _kept(asked: QueryDict) -> str:
    """The choices so far, as an address carries them."""
    query = QueryDict(mutable=True)
    for name in ("name", "order"):
        query[name] = asked.get(name, "")
    query.setlist("statement", [str(pk) for pk in _ids(asked)])
    return query.urlencode()


def _ids(asked: QueryDict) -> list[int]:
    """The ticked statements; what is no number is none."""
    found = (text for text in asked.getlist("statement") if text.isascii() and text.isdecimal())
    return [int(text) for text in found if len(text) <= ID_DIGITS_MAX]


def _chosen(account: Account, asked: QueryDict) -> list[Row]:
    """The ticked ones in the order of their places, where somebody gave them any."""
    ids = _ids(asked)
    rows = plannable(account, most=policy.PLAN_ITEMS_MAX, only=ids) if ids else []
    return sorted(rows, key=lambda row: _place(asked.get(f"place-{row.statement.pk}", "")))


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS_MAX else 0


def _once(request: ConsoleRequest, wish: Wish, key: str) -> int:
    """A form that is sent twice makes one plan."""
    content = repr((wish.name, wish.order, tuple(wish.statements))).encode()
    with remembered(f"plan:{request.account.pk}", key, digest_of("POST", request.path, content)) as memory:
        if memory.answer is None:
            plan = create_plan(actor=request.actor, account=request.account, wish=wish)
            memory.keep(201, {"plan": plan.pk})
        assert memory.answer is not None  # noqa: S101
        return int(memory.answer.body["plan"])


def _made_before(request: ConsoleRequest, key: str) -> int | None:
    """The plan of a form that is sent again: its statements wait in it, so they cannot be chosen any more."""
    kept = IdempotentAnswer.objects.filter(scope=f"plan:{request.account.pk}", key=key)
    made: int | None = kept.values_list("body__plan", flat=True).first()
    return made


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Each statement of it with what was paid and what became of it."""
    plan = get_object_or_404(RepaymentPlan.objects.visible_to(request.account).select_related("created_by"), pk=pk)
    items = list(plan.items.select_related("statement__account", "relationship"))
    trusteed = trusteed_by(manager=request.account, at=timezone.now())
    context = {
        "plan": plan,
        "items": [_shown(item, trusteed) for item in items],
        "total": sum((item.amount for item in items), ZERO),
        "paid": sum((item.paid for item in items), ZERO),
        "waiting": sum(item.state == PlanItem.State.PENDING for item in items),
        "ended": sum(item.state != PlanItem.State.PENDING for item in items),
        "arrears": funds_of(account=request.account).arrears,
        "can_cancel": plan.state == RepaymentPlan.State.ACTIVE
        and Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/plans/detail.html", context)


def _shown(item: PlanItem, trusteed: set[int]) -> dict[str, Any]:
    """With the reason in words: kept, or found just now, before the next run writes it down."""
    waits = item.state == PlanItem.State.PENDING
    found = reason_against(link=item.relationship, trusteed=trusteed) if waits else item.reason
    known = found in Skip.values
    return {"item": item, "reason": Skip(found).label if found and known else item.reason, "stopped": waits and known}


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def cancel(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks, then ends it; what was paid stays paid (K11.4)."""
    plan = get_object_or_404(RepaymentPlan.objects.visible_to(request.account), pk=pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: cancel_plan(actor=request.actor, plan_id=pk))
    if tried.done:
        messages.success(request, _("The plan is cancelled. What was repaid stays repaid."))
        return redirect("finance:plan-detail", pk)
    sums = plan.items.aggregate(paid=Sum("paid"), amount=Sum("amount"))
    context = {"form": form, "plan": plan, "paid": sums["paid"] or ZERO}
    return page(request, "finance/plans/cancel.html", context, status=tried.status)
