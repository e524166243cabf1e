"""Reads for the pages of issued invoices: which one may see, what they add up to, how each stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from accounts.actors import PointMissing
from accounts.models import Account, Relationship
from accounts.permissions import Point
from config.errors import NotFound
from finance.money import ZERO
from invoicing.models import Invoice
from invoicing.reversals import Status, in_status, statuses_of, with_taken_back

RED: Final = "red"
YEARS: Final = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Seen:
    """An invoice and the relationship by which a manager sees it; None for the account's own."""

    invoice: Invoice
    link: Relationship | None

    @property
    def is_for_spending(self) -> bool:
        """For cloud spending, not asked for by a business system."""
        return self.invoice.account_id is not None


def own(account: Account) -> "QuerySet[Invoice]":
    """Those for the account's spending."""
    return Invoice.objects.of(account)


def of_members(account: Account) -> "QuerySet[Invoice]":
    """Those of all members that show theirs (K7.4)."""
    links = Relationship.objects.in_force().filter(manager=account, points__contains=[Point.VIEW_INVOICES])
    return Invoice.objects.filter(account__in=links.values("member"))


def of_systems(account: Account) -> "QuerySet[Invoice]":
    """Those that business systems of its tenants issued through the invoice cloud."""
    return Invoice.objects.of_systems(account)


def seen_invoice(account: Account, pk: int) -> Seen:
    """Its own, of its business systems, collected by them, or of a member that lets it see: 404 outside, 403 without
    the point."""
    rows = Invoice.objects.select_related("account__enterprise", "tenant", "reverses", "use")
    if (invoice := rows.filter(pk=pk).first()) is None:
        raise NotFound()
    if invoice.account_id == account.pk or of_systems(account).filter(pk=pk).exists():
        return Seen(invoice, None)
    if Invoice.objects.collected_by(account).filter(pk=pk).exists():
        return Seen(invoice, None)
    links = Relationship.objects.in_force().filter(manager=account, member=invoice.account_id)
    if invoice.account_id is None or (link := links.select_related("member__enterprise").first()) is None:
        raise NotFound()
    if not link.grants(Point.VIEW_INVOICES):
        raise PointMissing(Point.VIEW_INVOICES)
    return Seen(invoice, link)


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above a list, in yuan with tax."""

    count: int
    issued: Decimal
    taken_back: Decimal
    tax: Decimal

    @property
    def left(self) -> Decimal:
        """What is invoiced in the end."""
        return self.issued - self.taken_back


def figures_of(found: "QuerySet[Invoice]") -> Figures:
    """Over all of them, in one query; red ones count against blue ones."""
    blue = Q(reverses__isnull=True)
    sums = found.order_by().aggregate(
        count=Count("pk"), issued=Sum("total", filter=blue), red=Sum("total", filter=~blue), tax=Sum("tax")
    )
    return Figures(sums["count"], sums["issued"] or ZERO, -(sums["red"] or ZERO), sums["tax"] or ZERO)


def narrowed(found: "QuerySet[Invoice]", asked: Mapping[str, Any]) -> "QuerySet[Invoice]":
    """Those that fit what a filter or a query asks for."""
    if month := asked.get("month"):
        if month.year not in YEARS:
            return found.none()
        found = found.filter(issued_at__gte=_begin(month), issued_at__lt=_begin(_next(month)))
    if text := asked.get("text"):
        found = found.filter(Q(number=text) | Q(buyer_name__icontains=text) | Q(seller_name__icontains=text))
    if kind := asked.get("kind"):
        found = found.filter(kind=kind)
    if member := asked.get("member"):
        found = found.filter(Q(account__name__icontains=member) | Q(account__number=member))
    match asked.get("state"):
        case None | "":
            return found
        case "red":
            return found.filter(reverses__isnull=False)
        case state:
            return in_status(with_taken_back(found), state)


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Row:
    """An invoice in a list; a red one has no status."""

    invoice: Invoice
    status: Status | None


def rows_of(invoices: Iterable[Invoice]) -> list[Row]:
    """Each with its status; one query."""
    listed = list(invoices)
    statuses = statuses_of(listed)
    return [Row(one, statuses.get(one.pk)) for one in listed]
