"""Reads for the pages of statements: whose one may see, what a month is made of, what waits in all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.actors import PointMissing
from accounts.models import Account, Relationship
from accounts.permissions import Point
from config.errors import NotFound
from finance.folders import folders_below
from finance.models import BillLine, PlanItem, Product, Statement
from finance.models.statement import OWES, StatementQuerySet
from finance.money import ZERO
from finance.services.dues import disputed_of
from finance.services.trusts import trusteed_by

LEFT = F("credit") + F("outstanding") - F("repaid") - F("waived")


@dataclass(frozen=True, slots=True)
class Seen:
    """A statement and the relationship by which a manager sees it; None for the account's own."""

    statement: Statement
    link: Relationship | None

    def may(self, point: Point) -> bool:
        """Whether whoever sees it may also do this: in the own account always, in a member with the point."""
        return self.link is None or self.link.grants(point)

    @property
    def through(self) -> int | None:
        """As services take it."""
        return self.link.pk if self.link else None


def seen_statement(account: Account, pk: int) -> Seen:
    """The account's own, or one of a member that lets it see statements: 404 outside, 403 without the point (K7.4)."""
    rows = Statement.objects.select_related("account__enterprise", "confirmed_by")
    if (statement := rows.filter(pk=pk).first()) is None:
        raise NotFound()
    if statement.account_id == account.pk:
        return Seen(statement, None)
    links = Relationship.objects.in_force().filter(manager=account, member=statement.account_id)
    if (link := links.select_related("member__enterprise").first()) is None:
        raise NotFound()
    if not link.grants(Point.VIEW_STATEMENTS):
        raise PointMissing(Point.VIEW_STATEMENTS)
    return Seen(statement, link)


@dataclass(frozen=True, slots=True)
class Share:
    """What one product cost in a month."""

    product: Product
    lines: int
    payable: Decimal


def by_product(statement: Statement) -> list[Share]:
    """The month's lines by product, dearest first."""
    rows = BillLine.objects.filter(statement=statement).order_by().values_list("product")
    sums = list(rows.annotate(lines=Count("pk"), sum=Sum("payable")))
    products = Product.objects.in_bulk([pk for pk, _lines, _sum in sums])
    shares = [Share(products[pk], lines, total) for pk, lines, total in sums]
    return sorted(shares, key=lambda one: (-one.payable, one.product.name))


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above a list of statements, in yuan."""

    to_repay: Decimal
    overdue: Decimal
    to_confirm: int
    under_way: Decimal


def figures_of(found: StatementQuerySet, *, today: date | None = None) -> Figures:
    """Over all of them, in one query."""
    day, states = today or timezone.localdate(), Statement.State
    issued = ~Q(state=states.DRAFT)
    sums = found.aggregate(
        to_repay=Sum(LEFT, filter=issued),
        overdue=Sum(LEFT, filter=issued & Q(due_on__lt=day)),
        under_way=Sum("payable", filter=Q(state=states.DRAFT)),
        to_confirm=Count("pk", filter=Q(state__in=[states.TO_CONFIRM, states.DISPUTED])),
    )
    return Figures(
        to_repay=sums["to_repay"] or ZERO,
        overdue=sums["overdue"] or ZERO,
        to_confirm=sums["to_confirm"],
        under_way=sums["under_way"] or ZERO,
    )


def narrowed(
    account: Account, found: StatementQuerySet, asked: Mapping[str, Any], *, today: date | None = None
) -> StatementQuerySet:
    """Those that fit what a filter or a query of this account asks for; a folder is one of its own."""
    if month := asked.get("month"):
        found = found.filter(month=month)
    if folder := asked.get("folder"):
        below = folders_below(account, int(folder))
        within = Relationship.objects.in_force().filter(manager=account, folder_id__in=below)
        found = found.filter(account__in=within.values("member"))
    if member := asked.get("member"):
        found = found.filter(Q(account__name__icontains=member) | Q(account__number=member))
    match asked.get("state"):
        case None | "":
            return found
        case "overdue":
            return found.overdue(today=today)
        case "to_repay":
            return found.repayable().filter(OWES)
        case state:
            return found.filter(state=state)


def by_month(found: StatementQuerySet) -> QuerySet[Statement, dict[str, Any]]:
    """One row a month over all accounts that stand in it: how many, what it came to, how it was paid, what is left of
    what was issued."""
    sums = {name: Sum(name) for name in ("lines", "payable", "voucher", "cash", "credit", "outstanding")}
    open_still = Count("pk", filter=Q(state__in=[Statement.State.TO_CONFIRM, Statement.State.DISPUTED]))
    left = Sum(LEFT, filter=~Q(state=Statement.State.DRAFT), default=ZERO)
    totals = {f"sum_{name}": total for name, total in sums.items()} | {"left": left, "to_confirm": open_still}
    return found.order_by().values("month").annotate(accounts=Count("account", distinct=True), **totals)


@dataclass(frozen=True, slots=True)
class Row:
    """A statement in a list of many accounts', with what is disputed of it."""

    statement: Statement
    link: Relationship | None
    disputed: Decimal

    @property
    def undisputed(self) -> Decimal:
        """What is to be repaid whatever becomes of disputes."""
        return max(ZERO, self.statement.due - self.disputed)


def rows_of(account: Account, statements: Iterable[Statement]) -> list[Row]:
    """Each with the relationship by which this account manages its owner; two queries."""
    listed = list(statements)
    owners = {one.account_id for one in listed}
    links = {one.member_id: one for one in Relationship.objects.in_force().filter(manager=account, member__in=owners)}
    disputed = disputed_of(statements=listed)
    return [Row(one, links.get(one.account_id), disputed.get(one.pk, ZERO)) for one in listed]


def plannable(account: Account, *, most: int, only: Sequence[int] | None = None) -> list[Row]:
    """Statements that a plan of this account could pay, earliest due first (K11.1, A2.14)."""
    links = Relationship.objects.in_force().filter(manager=account, points__contains=[Point.REPAY_STATEMENT])
    members = links.exclude(member__in=trusteed_by(manager=account, at=timezone.now())).values("member")
    waiting = PlanItem.objects.filter(state=PlanItem.State.PENDING).values("statement")
    found = Statement.objects.repayable().filter(OWES, account__in=members).exclude(pk__in=waiting)
    if only is not None:
        found = found.filter(pk__in=only)
    listed = found.select_related("account").order_by("due_on", "pk")[:most]
    return [row for row in rows_of(account, listed) if row.undisputed > ZERO]
