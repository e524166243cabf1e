"""Paying repayment plans: item by item, each in a transaction of its own, as far as the manager's own cash goes.

Runs at once when a plan is made, on every arrival of cash, when something about an item changed, and by the hour. Any
number of runs at the same time pay once: the plan's row orders them.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.models import Account, Relationship
from config.jobs import enqueue
from config.transactions import atomic
from finance import policy
from finance.models import PlanItem, RepaymentPlan
from finance.money import ZERO
from finance.services.dues import Dues, lock_dues
from finance.services.plans import JOB, complete_plan, reason_against
from finance.services.repayment import open_till, pay_statement, settle_arrears
from finance.services.statements import Side
from finance.services.trusts import trusteed_by

Order = RepaymentPlan.Order
SORT: dict[str, Callable[[PlanItem], Any]] = {
    Order.OLDEST_DUE: lambda item: (item.statement.due_on, item.statement.month, item.pk),
    Order.AS_LISTED: lambda item: (item.position, item.pk),
    Order.SMALLEST: lambda item: (item.statement.due, item.pk),
}


def execute_plan(*, plan_id: int, now: datetime | None = None) -> Decimal:
    """Every waiting item is paid as far as own cash goes, in the plan's order; answers what was paid now, in yuan.

    Own arrears come first (K11.6). An item ends when its statement is settled, by this plan or by others (Q-23), or
    when the right to repay is gone (Q-22); the plan is completed when none waits. Outside of any transaction.
    """
    at = now or timezone.now()
    plan = RepaymentPlan.objects.select_related("account").filter(pk=plan_id, state=RepaymentPlan.State.ACTIVE).first()
    if plan is None:
        return ZERO
    settle_arrears(account=plan.account, key=f"plan:{plan.pk}:{at.isoformat()}", now=at)
    waiting = plan.items.filter(state=PlanItem.State.PENDING).select_related("statement")
    items = sorted(waiting, key=SORT[plan.order])
    paid = sum((pay_item(item_id=item.pk, now=at) for item in items), ZERO)
    complete_plan(plan_id=plan.pk, now=at)
    return paid


@atomic
def pay_item(*, item_id: int, now: datetime) -> Decimal:
    """The item has what the manager's own cash gives, and ended if nothing is left or it may not be paid any more.

    Locks the relationship, the plan, the item, the member's statements, the books of both. Answers what was paid.
    """
    sides = PlanItem.objects.select_related("relationship__manager", "relationship__member").get(pk=item_id)
    link = Relationship.objects.select_for_update(no_key=True).get(pk=sides.relationship_id)
    link.manager, link.member = sides.relationship.manager, sides.relationship.member
    plan = RepaymentPlan.objects.select_for_update(no_key=True).get(pk=sides.plan_id)
    item = PlanItem.objects.select_for_update(of=("self",), no_key=True).select_related("statement").get(pk=item_id)
    if plan.state != RepaymentPlan.State.ACTIVE or item.state != PlanItem.State.PENDING:
        return ZERO
    if (reason := reason_against(link=link, trusteed=trusteed_by(manager=link.manager, at=now))) is not None:
        item.skip(at=now, reason=reason)
        item.save(update_fields=["state", "ended_at", "reason"])
        return ZERO
    dues = lock_dues(account=link.member)
    statement = dues.find(item.statement_id)
    if statement is None or statement.due == ZERO:
        item.find_settled(at=now)
        item.save(update_fields=["state", "ended_at"])
        return ZERO
    item.statement = statement
    return _pay(plan, item, Side(link.member, link), dues, now)


def _pay(plan: RepaymentPlan, item: PlanItem, side: Side, dues: Dues, at: datetime) -> Decimal:
    """What cash and undisputed dues allow; nothing while the manager itself has arrears (K11.6)."""
    till = open_till(side=side, at=at)
    statement = item.statement
    amount = min(till.cash, dues.undisputed(statement)) if till.arrears == ZERO else ZERO
    if amount <= ZERO:
        return ZERO
    key = f"plan:{item.pk}:{item.paid}"  # what is paid grows with each part, so each part has its own key
    pay_statement(actor=SYSTEM, side=side, dues=dues, till=till, statement=statement, amount=amount, key=key, at=at)
    item.paid += amount
    if statement.due == ZERO:
        item.finish(at=at)
    item.save(update_fields=["paid", "state", "ended_at"])
    facts: dict[str, Any] = {"name": plan.name, "month": str(statement), "amount": str(amount)}
    sides: dict[str, Any] = {"account": side.counterpart, "counterpart": side.account}
    record("plan.item_paid", actor=SYSTEM, subject=plan, at=at, **sides, **facts)
    return amount


@atomic
def queue_plans(*, wanted: Q, key: str) -> int:
    """A job runs each active plan with a waiting item that is wanted; answers how many. Part of the caller's work."""
    active = RepaymentPlan.objects.filter(wanted, state=RepaymentPlan.State.ACTIVE, items__state=PlanItem.State.PENDING)
    plans = sorted(set(active.values_list("pk", flat=True)[: policy.PLANS_PER_RUN_MAX]))
    for pk in plans:
        enqueue(JOB, key=f"{JOB}:{pk}:{key}", plan=pk)
    return len(plans)


def queue_plans_of(*, account: Account, key: str) -> int:
    """The same for the plans that this account pays."""
    return queue_plans(wanted=Q(account=account), key=key)
