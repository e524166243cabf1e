"""Monthly statements: issued when their month is over and billed, then confirmed (K6.6, K7.6)."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, PointMissing, require
from accounts.events import record
from accounts.models import Account, Relationship
from accounts.permissions import Point, Right
from config.errors import DomainError, NotFound
from config.transactions import atomic
from finance import policy
from finance.cycles import month_of
from finance.models import BillingShard, Statement
from finance.models.statement import StatementQuerySet
from finance.money import ZERO
from finance.services.charging import open_statement
from finance.services.dues import Dues, lock_dues, note_settled, save_dues, settle_or_go_on

State = Statement.State


class NotConfirmable(DomainError):
    """Confirmed once, after its month."""

    code = "not_confirmable"
    sentence = _("This statement is “%(state)s”, so it cannot be confirmed.")
    hint = _("A statement can be confirmed once, after its month is over and billed.")


@dataclass(frozen=True, slots=True)
class Side:
    """On whose behalf somebody acts on an account's statement: the account's own, or a manager's by a relationship."""

    account: Account
    through: Relationship | None = None

    @property
    def counterpart(self) -> Account | None:
        """The manager, where it is not the account itself."""
        return self.through.manager if self.through else None


def issue_statements(*, now: datetime | None = None, seconds: float = policy.STATEMENT_RUN_SECONDS) -> int:
    """Every month that is over and wholly billed has its statement issued; answers how many were just now.

    A month is wholly billed once every share of the accounts is billed to its end; without usage, a while after its
    end. Each statement commits on its own and is issued once, whoever else is at it. Stops after these seconds; the
    next run goes on.
    """
    at, begun, issued = now or timezone.now(), time.monotonic(), 0
    drafts = Statement.objects.filter(state=State.DRAFT, month__lt=month_of(_billed_until(at)))
    for pk in list(drafts.order_by("month", "pk").values_list("pk", flat=True)[: policy.STATEMENTS_PER_RUN_MAX]):
        issued += issue_statement(statement_id=pk, now=at)
        if time.monotonic() - begun > seconds:
            break
    return issued


def _billed_until(at: datetime) -> datetime:
    """Up to when everything is billed."""
    billed: datetime | None = BillingShard.objects.aggregate(least=Min("billed_until"))["least"]
    return min(at, billed) if billed else at - policy.STATEMENT_DELAY


@atomic
def issue_statement(*, statement_id: int, now: datetime) -> bool:
    """The draft waits for confirmation, with its due date; one without any amount is settled at once.

    What came back beyond what it charged lowers other months that still owe, or counts in the open one. False where
    somebody else issued it. Locks the account's statements.
    """
    account = _account_of(statement_id)
    dues = lock_dues(account=account, issuing=True)
    statement = dues.find(statement_id)
    if statement is None or statement.state != State.DRAFT:
        return False
    statement.issue(at=now, due_on=timezone.localdate(now) + policy.STATEMENT_DUE_AFTER)
    statement.save(update_fields=["state", "issued_at", "due_on"])
    if statement.due < ZERO:
        _carry_on(dues, statement, now)
    save_dues(dues=dues, at=now)
    facts: dict[str, Any] = {"month": str(statement), "amount": str(statement.payable), "due": str(statement.due)}
    record("statement.issued", actor=SYSTEM, account=account, subject=statement, at=now, **facts)
    if statement.payable == ZERO == statement.due:
        statement.settle(at=now)
        statement.save(update_fields=["state", "settled_at"])
        note_settled(statement=statement, at=now)
    return True


def _carry_on(dues: Dues, statement: Statement, at: datetime) -> None:
    """What came back and found no month that still owed counts in the month that is open now."""
    opened = open_statement(account=dues.account, at=at)
    if (target := dues.find(opened.pk)) is None:
        target = opened
        dues.statements.append(target)
    dues.move(statement, target, -statement.due)


@atomic
def confirm_statement(
    *, actor: Actor, statement_id: int, through: int | None = None, now: datetime | None = None
) -> Statement:
    """The amounts are agreed but for what is disputed; with nothing left to repay it is settled at once.

    By the account itself, or by a manager whose relationship (`through`) lets it confirm (K6.6, K7.6). A repeat answers
    the same. Locks the relationship, then the account's statements. Raises NotConfirmable, PointMissing.
    """
    at = now or timezone.now()
    account = _account_of(statement_id)
    side = side_for(actor=actor, account=account, through=through, point=Point.CONFIRM_STATEMENT)
    dues = lock_dues(account=account)
    statement = dues.read(statement_id)
    if statement.confirmed_at is not None:
        return statement
    if statement.state not in {State.TO_CONFIRM, State.DISPUTED}:
        raise NotConfirmable(state=State(statement.state).label)
    save_dues(dues=dues, at=at, actor=actor)
    statement.confirm(at=at, by=actor.user)
    settled = settle_or_go_on(statement=statement, at=at)
    statement.save(update_fields=["state", "confirmed_at", "confirmed_by", "settled_at"])
    if settled:
        note_settled(statement=statement, at=at, actor=actor)
    record(
        "statement.confirmed",
        actor=actor,
        account=side.counterpart or account,
        counterpart=account if side.through else None,
        subject=statement,
        at=at,
        month=str(statement),
        amount=str(statement.payable),
        due=str(statement.due),
    )
    return statement


def side_for(*, actor: Actor, account: Account, through: int | None, point: Point) -> Side:
    """Whoever acts may do so on this account's statements: in the account itself, or as its manager with the point.

    Locks the relationship, so that the point cannot be taken back meanwhile.
    """
    if through is None:
        require(actor, Right.MOVE_FUNDS, account)
        return Side(account)
    rows = Relationship.objects.select_for_update(of=("self",), no_key=True).select_related("manager")
    relationship = rows.filter(pk=through, member=account).first()
    if relationship is None:
        raise NotFound()
    require(actor, Right.MOVE_FUNDS, relationship.manager)
    if not relationship.grants(point):
        raise PointMissing(point)
    relationship.member = account
    return Side(account, relationship)


def _account_of(statement_id: int) -> Account:
    found = Statement.objects.select_related("account").filter(pk=statement_id).first()
    if found is None:
        raise NotFound()
    return found.account


def statements_seen(*, account: Account) -> StatementQuerySet:
    """Those of the members that let this account see their statements (K7.4)."""
    links = Relationship.objects.in_force().filter(manager=account, points__contains=[Point.VIEW_STATEMENTS])
    seen: StatementQuerySet = Statement.objects.filter(account__in=links.values("member"))
    return seen


def statements_of_group(*, account: Account) -> StatementQuerySet:
    """Its own and those of the members that let it see them."""
    return Statement.objects.of(account) | statements_seen(account=account)
