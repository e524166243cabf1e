"""How far usage is billed, and what waits: corrections, and cycles without a price or beyond all measure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import Panel, at, link, pill, table, when
from accounts.models import Account
from finance import policy
from finance.breakdown import plain
from finance.models import BillingShard, LateUsage, Price, Product, Usage
from finance.money import ZERO

SOME = 51  # one more than a panel shows
LATE_AFTER = timedelta(minutes=30)  # three runs were missed


@admin.register(BillingShard)
class BillingShardAdmin(StaffAdmin):
    """A share of all accounts, billed by one worker at a time."""

    list_display = ["number", "shown_state", at("billed_until", _("billed until")), "waiting"]
    ordering = ["number"]
    fields = ["number", "billed_until"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BillingShard]:
        """With how many cycles wait."""
        waiting = LateUsage.objects.filter(shard=OuterRef("number")).order_by().values("shard")
        found: QuerySet[BillingShard] = super().get_queryset(request)
        return found.annotate(waits=Subquery(waiting.annotate(count=Count("pk")).values("count")))

    def title(self, row: BillingShard) -> str:
        """Which."""
        return f"{row._meta.verbose_name} {row.number}"

    def state(self, row: BillingShard) -> Text:
        """Whether the run keeps up."""
        behind = timezone.now() - policy.BILLING_DELAY - row.billed_until
        return pill(_("Behind"), "warn") if behind > LATE_AFTER else pill(_("Up to date"), "ok")

    def panels(self, request: HttpRequest, row: BillingShard) -> Sequence[Panel]:  # noqa: ARG002
        """What waits, the oldest first."""
        columns = [_("used by"), _("product"), _("instance"), _("cycle"), _("quantity"), _("why it waits")]
        return [table(_("Usage that waits for its bill"), columns, _waiting(row))]

    @admin.display(description=_("state"))
    def shown_state(self, row: BillingShard) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("cycles that wait"))
    def waiting(self, row: Any) -> int:
        """How many."""
        return row.waits or 0


def _waiting(shard: BillingShard) -> list[list[Any]]:
    same = {name: OuterRef(name) for name in ("owner_id", "product_id", "instance", "cycle_start")}
    units = Usage.objects.filter(**same).order_by().values("instance").annotate(sum=Sum("quantity")).values("sum")
    rows = LateUsage.objects.filter(shard=shard.number).order_by("cycle_start", "pk").annotate(units=Subquery(units))
    listed = list(rows[:SOME])
    owners = Account.objects.in_bulk({row.owner_id for row in listed})
    products = Product.objects.in_bulk({row.product_id for row in listed})
    prices = Price.objects.filter(product__in=products).order_by().values_list("product")
    priced: dict[int, datetime] = dict(prices.annotate(first=Min("valid_from")))
    return [
        [
            link(owners.get(row.owner_id)),
            str(products.get(row.product_id, row.product_id)),
            row.instance,
            when(row.cycle_start),
            plain(row.units or ZERO),
            _why(row, priced.get(row.product_id)),
        ]
        for row in listed
    ]


def _why(row: LateUsage, priced_since: datetime | None) -> Text:
    if priced_since is None or row.cycle_start < priced_since:
        return _("The product has no list price for that time.")
    return _("It changed after it was billed, or is more than a bill can hold. A correction helps, or the next run.")
