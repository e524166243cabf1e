"""Repayment plans: statements of members that a manager pays by its own cash, as far as it goes, until all are (K11).

Making one, cancelling one, and judging what still stands. Paying is `finance.services.plan_runs`. Locks: relationships,
the plan, statements; then books.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, PointMissing, require
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import Account, Relationship
from accounts.names import clean_name
from accounts.permissions import Point, Right
from config.errors import DomainError, InputError, NotFound
from config.jobs import enqueue
from config.transactions import atomic
from finance import policy
from finance.models import PlanItem, RepaymentPlan, Statement
from finance.money import ZERO
from finance.services.dues import disputed_of
from finance.services.trusts import SettlesItself, trusteed_by

JOB = "finance.execute_plan"


class Skip(TextChoices):
    """Why an item is not paid any more (Q-22); kept as `PlanItem.reason`."""

    DISSOLVED = "dissolved", _("The account is no longer linked with yours.")
    WITHDRAWN = "withdrawn", _("The account no longer lets you repay its statements.")
    TRUSTEED = "trusteed", _("You pay for this account yourself now.")
    CANCELLED = "cancelled", _("The plan was cancelled.")


class NotPlannable(DomainError):
    """A statement that cannot be in a plan; `why` is a sentence."""

    code = "not_plannable"
    sentence = _("The statement %(month)s of %(account)s cannot be planned: %(why)s")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the plan shall be."""

    name: str
    statements: Sequence[int]  # ids, in the order in which they were put
    order: str = RepaymentPlan.Order.OLDEST_DUE
    consent: bool = False


@atomic
def create_plan(*, actor: Actor, account: Account, wish: Wish, now: datetime | None = None) -> RepaymentPlan:
    """The plan is there, and a job pays at once as far as own cash goes (K11.1, K11.2). Needs the consent (K11.3).

    Only confirmed statements of members that let the account repay, with something undisputed left, each in one plan
    at a time. Locks the relationships, then the statements. Raises InputError, PointMissing, SettlesItself,
    NotPlannable.
    """
    require(actor, Right.MOVE_FUNDS, account)
    at = now or timezone.now()
    name = cleaned("name", clean_name, wish.name)
    _check(wish)
    links = _links(account, wish.statements)
    found = Statement.objects.filter(pk__in=set(wish.statements)).order_by("pk").select_for_update(no_key=True)
    items = _items(wish, {one.pk: one for one in found}, links, trusteed=trusteed_by(manager=account, at=at))
    plan = RepaymentPlan.objects.create(
        account=account, name=name, order=wish.order, consented_at=at, created_by=actor.user, created_at=at
    )
    for item in items:
        item.plan = plan
    PlanItem.objects.bulk_create(items)
    enqueue(JOB, key=f"{JOB}:{plan.pk}:new", plan=plan.pk)
    total = sum((item.amount for item in items), ZERO)
    facts: dict[str, Any] = {"name": plan.name, "count": len(items), "amount": str(total)}
    record("plan.created", actor=actor, account=account, subject=plan, at=at, **facts)
    return plan


def _check(wish: Wish) -> None:
    if wish.order not in RepaymentPlan.Order.values:
        raise InputError("order", _("Choose an order."))
    if not wish.statements:
        raise InputError("statements", _("Choose at least one statement."))
    if len(set(wish.statements)) != len(wish.statements):
        raise InputError("statements", _("Each statement can be chosen once."))
    if len(wish.statements) > policy.PLAN_ITEMS_MAX:
        raise InputError("statements", _("A plan has at most %(most)s statements."), most=policy.PLAN_ITEMS_MAX)
    if not wish.consent:
        raise ConsentMissing("consent")


class ConsentMissing(InputError):
    """Without the tick nothing is made (K11.3)."""

    code = "consent_missing"
    rule = "K11.3"
    sentence = _("Confirm that the cash of this account is used to repay the statements of the other accounts.")


def _links(account: Account, statements: Sequence[int]) -> dict[int, Relationship]:
    """The relationship by which the account manages each statement's account, by that account's id; locked."""
    owners = dict(Statement.objects.filter(pk__in=statements).values_list("pk", "account_id"))
    rows = Relationship.objects.in_force().filter(manager=account, member__in=set(owners.values()))
    rows = rows.select_related("member").order_by("pk")
    links = {one.member_id: one for one in rows.select_for_update(of=("self",), no_key=True)}
    if len(owners) < len(statements) or set(owners.values()) - set(links):
        raise NotFound()
    return links


def _items(
    wish: Wish, statements: Mapping[int, Statement], links: Mapping[int, Relationship], *, trusteed: Container[int]
) -> list[PlanItem]:
    """One for each statement in the order of the wish, each judged."""
    disputed = disputed_of(statements=statements.values())
    pending = PlanItem.objects.filter(statement__in=statements, state=PlanItem.State.PENDING)
    waiting = set(pending.values_list("statement_id", flat=True))
    items = []
    for position, pk in enumerate(wish.statements):
        statement = statements[pk]
        link = links[statement.account_id]
        amount = statement.due - disputed.get(pk, ZERO)
        if reason_against(link=link, trusteed=trusteed) == Skip.TRUSTEED:
            raise SettlesItself(account=link.member.name)
        if not link.grants(Point.REPAY_STATEMENT):
            raise PointMissing(Point.REPAY_STATEMENT)
        if (why := _why_not(statement, amount, pk in waiting)) is not None:
            raise NotPlannable(month=str(statement), account=link.member.name, why=why)
        items.append(PlanItem(statement=statement, relationship=link, position=position, amount=amount))
    return items


def _why_not(statement: Statement, left: Decimal, waits: bool) -> Promise | None:
    if statement.state not in Statement.REPAYABLE:
        return _("it is not confirmed, or nothing is left of it.")
    if left <= ZERO:
        return _("what is left of it is disputed.")
    return _("it waits in a plan already.") if waits else None


def reason_against(*, link: Relationship, trusteed: Container[int]) -> Skip | None:
    """Why the manager may not repay this member's statements by a plan any more; None while it may (Q-22, A2.14).

    `trusteed` are the members for which it pays, of `trusts.trusteed_by`.
    """
    if not link.is_in_force:
        return Skip.DISSOLVED
    if not link.grants(Point.REPAY_STATEMENT):
        return Skip.WITHDRAWN
    return Skip.TRUSTEED if link.member_id in trusteed else None


@atomic
def cancel_plan(*, actor: Actor, plan_id: int, now: datetime | None = None) -> RepaymentPlan:
    """Nothing more is paid by it; what was paid stays paid (K11.4). Locks the plan and its items.

    Raises MoveRefused once every statement is repaid: a completed plan cannot be cancelled (K11.5).
    """
    at = now or timezone.now()
    plan = (
        RepaymentPlan.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise NotFound()
    require(actor, Right.MOVE_FUNDS, plan.account)
    if plan.state == RepaymentPlan.State.CANCELLED:
        return plan
    plan.cancel(at=at)
    plan.save(update_fields=["state", "ended_at"])
    left = 0
    for item in plan.items.filter(state=PlanItem.State.PENDING).select_for_update(no_key=True):
        item.skip(at=at, reason=Skip.CANCELLED)
        item.save(update_fields=["state", "ended_at", "reason"])
        left += 1
    record("plan.cancelled", actor=actor, account=plan.account, subject=plan, at=at, name=plan.name, count=left)
    return plan


@atomic
def complete_plan(*, plan_id: int, now: datetime) -> bool:
    """A plan none of whose items waits is completed; answers whether it just was. Locks the plan."""
    plan = RepaymentPlan.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=plan_id)
    if plan.state != RepaymentPlan.State.ACTIVE or plan.items.filter(state=PlanItem.State.PENDING).exists():
        return False
    plan.complete(at=now)
    plan.save(update_fields=["state", "ended_at"])
    paid = sum(plan.items.values_list("paid", flat=True), ZERO)
    record("plan.completed", actor=SYSTEM, account=plan.account, subject=plan, at=now, name=plan.name, amount=str(paid))
    return True
