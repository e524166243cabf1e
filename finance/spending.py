"""The spending page: what a month came to and why, by month, day, product, member and folder; a fixed number of reads.

A month is what stands in its statements (`finance.bills`); amounts are what is payable, vouchers included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from finance.bills import Rows, lines_of, totals_of
from finance.cycles import ZONE, month_of, next_month
from finance.forecast import still_to_come, window_start
from finance.models import Product
from finance.money import ZERO
from finance.shares import Pair, Shares, folder_shares, shares_of

PRODUCT, MEMBER = "product", "member"
COLUMN = {PRODUCT: "product_id", MEMBER: "owner_id"}
SERIES_MAX = 5  # with a colour of their own
REST = "rest"
REST_LABEL = _("All others")


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the columns."""

    key: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """A month or a day, and what each series came to in it."""

    day: date
    amounts: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.amounts.values(), ZERO)


@dataclass(frozen=True, slots=True)
class Spending:
    """Everything the page shows."""

    month: date
    total: Decimal
    before: Decimal  # the month before, whole
    by_now: Decimal | None  # of the month before, until the same day; None for a month that is over
    forecast: Decimal | None
    series: Sequence[Series]
    months: Sequence[Column]
    days: Sequence[Column]
    products: Shares
    members: Shares
    folders: Shares

    @property
    def began(self) -> bool:
        """Anything at all in these months."""
        return any(column.amounts for column in self.months)

    @property
    def change(self) -> Decimal:
        """Against the month before; for the running one, against what that was on the same day."""
        return self.total - (self.before if self.by_now is None else self.by_now)

    @property
    def saved(self) -> Decimal:
        """The same, turned."""
        return -self.change


def spending_of(account: Account, *, month: date, scope: str, split: str, span: int, now: datetime) -> Spending:
    """What the account sees in that month, and in the `span` months up to it."""
    first, before = months_back(month, span - 1), months_back(month, 1)
    other = MEMBER if split == PRODUCT else PRODUCT
    sums = {
        split: _by_month(account, scope, min(first, before), month, COLUMN[split]),
        other: _by_month(account, scope, before, month, COLUMN[other]),
    }
    products = Product.objects.in_bulk({pk for _at, pk in sums[PRODUCT]})
    members = Account.objects.in_bulk({pk for _at, pk in sums[MEMBER]})
    top = _top(sums[split], first)
    slots = {pk: f"s{place}" for place, pk in enumerate(top, 1)}
    months = _months(sums[split], slots, first, month)
    days = _days(account, scope, month, COLUMN[split], slots)
    names: Mapping[int, Any] = products if split == PRODUCT else members
    running, total = month == month_of(now), _sum(sums[split], month)
    by_member = _both(sums[MEMBER], month, before)
    return Spending(
        month=month,
        total=total,
        before=_sum(sums[split], before),
        by_now=_until_same_day(account, scope, before, now) if running else None,
        forecast=total + _to_come(account, scope, month, now) if running else None,
        series=_series([names[pk].name for pk in top], [*months, *days]),
        months=months,
        days=days,
        products=shares_of(_both(sums[PRODUCT], month, before), products, lambda one: {"product": one.code}),
        members=shares_of(by_member, members, lambda one: {"member": one.number}),
        folders=folder_shares(account, by_member),
    )


def months_back(month: date, count: int) -> date:
    """The first day of the month so many before."""
    year, place = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(year, place + 1, 1)


def last_day(month: date) -> date:
    """Of that month."""
    return next_month(month) - timedelta(days=1)


Sums = Mapping[tuple[date, int], Decimal]  # by month, and product or owner


def _by_month(account: Account, scope: str, first: date, last: date, column: str) -> Sums:
    rows: Rows = totals_of(account, {"scope": scope, "first": first, "last": last})
    found = rows.order_by().values("statement__month", column).annotate(sum=Sum("payable"))
    return {(row["statement__month"], row[column]): row["sum"] for row in found}


def _sum(sums: Sums, month: date) -> Decimal:
    return sum((amount for (at, _pk), amount in sums.items() if at == month), ZERO)


def _both(sums: Sums, month: date, before: date) -> dict[int, Pair]:
    """In this month and the one before, by product or owner."""
    keys = {pk for at, pk in sums if at in {month, before}}
    return {pk: (sums.get((month, pk), ZERO), sums.get((before, pk), ZERO)) for pk in keys}


def _top(sums: Sums, first: date) -> list[int]:
    """Those that came to most in the columns shown, the greatest first."""
    whole: dict[int, Decimal] = {}
    for (at, pk), amount in sums.items():
        if at >= first:
            whole[pk] = whole.get(pk, ZERO) + amount
    return sorted(whole, key=lambda pk: (-whole[pk], pk))[:SERIES_MAX]


def _months(sums: Sums, slots: Mapping[int, str], first: date, last: date) -> list[Column]:
    found: dict[date, dict[str, Decimal]] = {}
    for (at, pk), amount in sums.items():
        slot = slots.get(pk, REST)
        amounts = found.setdefault(at, {})
        amounts[slot] = amounts.get(slot, ZERO) + amount
    months, month = [], first
    while month <= last:
        months.append(Column(month, found.get(month, {})))
        month = next_month(month)
    return months


def _days(account: Account, scope: str, month: date, column: str, slots: Mapping[int, str]) -> list[Column]:
    """Each day by the colours of the months: as many rows as days and colours, whatever the number of members."""
    named = [When(**{column: pk}, then=Value(slot)) for pk, slot in slots.items()]
    slot = Case(*named, default=Value(REST))
    rows = totals_of(account, {"scope": scope, "month": month}).order_by()
    found: dict[date, dict[str, Decimal]] = {}
    for row in rows.annotate(slot=slot).values("day", "slot").annotate(sum=Sum("payable")):
        found.setdefault(row["day"], {})[row["slot"]] = row["sum"]
    days = (month + timedelta(days=step) for step in range(last_day(month).day))
    return [Column(day, found.get(day, {})) for day in days]


def _series(names: Sequence[str], columns: Sequence[Column]) -> list[Series]:
    series = [Series(f"s{place}", name) for place, name in enumerate(names, 1)]
    return [*series, Series(REST, REST_LABEL)] if any(REST in one.amounts for one in columns) else series


def _until_same_day(account: Account, scope: str, before: date, now: datetime) -> Decimal:
    """What the month before had come to on the same day."""
    day = min(last_day(before), before.replace(day=1) + timedelta(days=now.astimezone(ZONE).day - 1))
    rows = totals_of(account, {"scope": scope, "month": before, "until": day})
    return rows.aggregate(sum=Sum("payable"))["sum"] or ZERO


def _to_come(account: Account, scope: str, month: date, now: datetime) -> Decimal:
    rows = lines_of(account, {"scope": scope, "month": month}).filter(billed_at__gte=window_start(now))
    return still_to_come(rows.aggregate(sum=Sum("payable"))["sum"] or ZERO, now)
