"""Reads about money that can be invoiced: in all, by month, and as what people choose from."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from finance.cycles import month_of
from finance.money import ZERO
from finance.spending import Column, Series, months_back
from invoicing import policy
from invoicing.models import Invoiceable, InvoiceRequest
from invoicing.models.invoiceable import InvoiceableQuerySet

UNDER_WAY: Final = (InvoiceRequest.State.SUBMITTED, InvoiceRequest.State.ISSUING)
OPEN, ASKED, ISSUED = "s2", "s3", "own"  # colours of the picture
USAGE, ORDERS = "usage", "orders"
_GROUP: Final = re.compile(r"m([0-9]{4}-[0-9]{2})\.([0-9]{10})", re.ASCII)
_ORDER: Final = re.compile(r"o([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above: open (refunds taken off, which `off` names), under way, issued this year; in yuan."""

    open: Decimal
    off: Decimal
    under_way: Decimal
    issued: Decimal


def figures_of(payer: Account, *, now: datetime | None = None) -> Figures:
    """In one query."""
    year = timezone.localtime(now or timezone.now()).year
    free = Q(request__isnull=True, red_letter__isnull=True)
    sums = Invoiceable.objects.filter(payer=payer).aggregate(
        open=_sum(free),
        off=_sum(free & Q(amount__lt=0)),
        under_way=_sum(Q(request__state__in=UNDER_WAY)),
        issued=_sum(Q(request__state=InvoiceRequest.State.ISSUED, request__ended_at__year=year)),
    )
    return Figures(**sums)


def _sum(wanted: Q) -> Coalesce:
    return Coalesce(Sum("amount", filter=wanted), ZERO)


@dataclass(frozen=True, slots=True)
class Picture:
    """The latest months, each by what has become of its money; amounts below zero are in the figures only."""

    series: Sequence[Series]
    months: Sequence[Column]

    @property
    def began(self) -> bool:
        """Anything at all."""
        return any(column.amounts for column in self.months)


def picture_of(payer: Account, *, now: datetime | None = None) -> Picture:
    """By the month of the statement, in one query."""
    last = month_of(now or timezone.now())
    months = [months_back(last, count) for count in range(policy.PICTURE_MONTHS - 1, -1, -1)]
    rows = Invoiceable.objects.filter(payer=payer, month__gte=months[0], red_letter__isnull=True).order_by()
    sums = rows.values_list("month").annotate(
        issued=_sum(Q(request__state=InvoiceRequest.State.ISSUED)),
        asked=_sum(Q(request__state__in=UNDER_WAY)),
        open=_sum(Q(request__isnull=True)),
    )
    found = {month: {ISSUED: issued, ASKED: asked, OPEN: free} for month, issued, asked, free in sums}
    series = [
        Series(ISSUED, _("Issued")),
        Series(ASKED, pgettext_lazy("an amount", "Requested")),
        Series(OPEN, _("Can be invoiced")),
    ]
    return Picture(series, [Column(month, _without_nothing(found.get(month, {}))) for month in months])


def _without_nothing(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {key: amount for key, amount in amounts.items() if amount}


@dataclass(frozen=True, slots=True)
class Choice:
    """One tick: the usage of one account in one month, or an order."""

    key: str
    month: date
    owner: str
    number: str
    amount: Decimal
    products: int = 0
    order: int | None = None
    product: str = ""


def choices_of(payer: Account, asked: Mapping[str, Any]) -> list[Choice]:
    """What is open above zero and fits the filter, the latest month first; at most `policy.CHOICES_MAX`, two queries.

    One more than that says that there are more.
    """
    rows, kind, most = _narrowed(payer, asked), asked.get("kind"), policy.CHOICES_MAX + 1
    groups = _groups(rows, most) if kind != ORDERS else []
    orders = _orders(rows, most) if kind != USAGE else []
    return sorted([*groups, *orders], key=lambda one: (one.month, one.number, one.key), reverse=True)[:most]


def _narrowed(payer: Account, asked: Mapping[str, Any]) -> InvoiceableQuerySet:
    rows: InvoiceableQuerySet = Invoiceable.objects.open().filter(payer=payer, amount__gt=0)
    if month := asked.get("month"):
        rows = rows.filter(month=month)
    if product := asked.get("product"):
        rows = rows.filter(product=product)
    if account := asked.get("account"):
        rows = rows.filter(Q(owner__name__icontains=account) | Q(owner__number=account))
    return rows


def _groups(rows: InvoiceableQuerySet, most: int) -> list[Choice]:
    groups = rows.filter(order=None).order_by("-month", "owner").values_list("month", "owner__name", "owner__number")
    sums = groups.annotate(sum=Sum("amount"), products=Count("product", distinct=True))[:most]
    return [
        Choice(f"m{month:%Y-%m}.{number}", month, name, number, amount, products)
        for month, name, number, amount, products in sums
    ]


def _orders(rows: InvoiceableQuerySet, most: int) -> list[Choice]:
    found = rows.exclude(order=None).select_related("owner", "product").order_by("-month", "-id")[:most]
    return [
        Choice(
            f"o{one.pk}",
            one.month,
            one.owner.name,
            one.owner.number,
            one.amount,
            order=one.order_id,
            product=one.product.name,
        )
        for one in found
    ]


def products_of(payer: Account) -> list[tuple[int, str]]:
    """Id and name of every product of which something is open."""
    rows = Invoiceable.objects.open().filter(payer=payer, amount__gt=0).order_by("product__name")
    return list(rows.values_list("product", "product__name").distinct())


def months_of(payer: Account) -> list[date]:
    """Every month of which something is open, the latest first."""
    rows = Invoiceable.objects.open().filter(payer=payer, amount__gt=0).order_by("-month")
    return list(rows.values_list("month", flat=True).distinct())


def ids_of(payer: Account, keys: Iterable[str], *, product: int | None = None) -> list[int]:
    """The open amounts behind these ticks, in one query; a tick that means nothing is none."""
    wanted, months = Q(pk__in=[]), _by_month(keys)
    for month, numbers in months.items():
        wanted |= Q(month=month, owner__number__in=numbers, order=None)
    orders = [int(found[1]) for key in keys if (found := _ORDER.fullmatch(key))]
    wanted |= Q(pk__in=orders)
    rows = Invoiceable.objects.open().filter(wanted, payer=payer, amount__gt=0)
    if product is not None:
        rows = rows.filter(Q(product=product) | Q(pk__in=orders))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _by_month(keys: Iterable[str]) -> dict[date, Collection[str]]:
    found: dict[date, set[str]] = {}
    for key in keys:
        if (match := _GROUP.fullmatch(key)) is None:
            continue
        year, month = map(int, match[1].split("-"))
        if 1 <= month <= 12 and year:
            found.setdefault(date(year, month, 1), set()).add(match[2])
    return dict(found)
