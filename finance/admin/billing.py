"""How far usage is billed, and what waits: corrections, and cycles without a price or beyond all measure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
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

    list_display = ["shown_number", "shown_state", at("billed_until", _("billed until")), "waiting"]
    ordering = ["number"]
    fields = ["shown_number", "billed_until"]
    readonly_fields = ["shown_number"]

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
        waiting = told(LateUsage.objects.filter(shard=row.number)).order_by("cycle_start", "pk")[:SOME]
        rows = [
            [_owner(one), _product(one), link(one, one.instance), when(one.cycle_start), _quantity(one), _why(one)]
            for one in waiting
        ]
        return [table(_("Usage that waits for its bill"), columns, rows)]

    @admin.display(description=_("billing shard"), ordering="number")
    def shown_number(self, row: BillingShard) -> int:
        """Which."""
        return row.number

    @admin.display(description=_("state"))
    def shown_state(self, row: BillingShard) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("cycles that wait"))
    def waiting(self, row: Any) -> int:
        """How many."""
        return row.waits or 0


@admin.register(LateUsage)
class LateUsageAdmin(StaffAdmin):
    """Usage that no bill has yet: one reading of an instance and a cycle each, the oldest first."""

    list_display = ["shown_instance", "account", "product", at("cycle_start", _("cycle")), "quantity", "why"]
    ordering = ["cycle_start", "pk"]
    search_fields = ["instance"]
    search_help_text = _("Instance")
    fields = ["account", "product", "shown_instance", "shown_cycle", "quantity", "why"]
    readonly_fields = ["account", "product", "shown_instance", "shown_cycle", "quantity", "why"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LateUsage]:
        """With everything that is said of it."""
        found: QuerySet[LateUsage] = super().get_queryset(request)
        return told(found)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Headed as on the first page."""
        return super().changelist_view(request, {"title": _("Usage that waits for its bill"), **(extra_context or {})})

    def title(self, row: LateUsage) -> str:
        """Of what."""
        return row.instance

    @admin.display(description=_("instance"), ordering="instance")
    def shown_instance(self, row: LateUsage) -> str:
        """Which."""
        return row.instance

    @admin.display(description=_("cycle"))
    def shown_cycle(self, row: LateUsage) -> Text:
        """Its beginning and its end."""
        return format_html("{} – {}", when(row.cycle_start), when(row.cycle_end))

    @admin.display(description=_("used by"))
    def account(self, row: LateUsage) -> Text:
        """Whose."""
        return _owner(row)

    @admin.display(description=_("product"))
    def product(self, row: LateUsage) -> Text:
        """Of what."""
        return _product(row)

    @admin.display(description=_("quantity"))
    def quantity(self, row: LateUsage) -> str:
        """As it is now, corrections included."""
        return _quantity(row)

    @admin.display(description=_("why it waits"))
    def why(self, row: LateUsage) -> Text:
        """And what helps."""
        return _why(row)


def told(rows: QuerySet[LateUsage]) -> QuerySet[LateUsage]:
    """With the names of account and product, how much it is now, and since when the product has a price."""
    same = {name: OuterRef(name) for name in ("owner_id", "product_id", "instance", "cycle_start")}
    units = Usage.objects.filter(**same).order_by().values("instance").annotate(sum=Sum("quantity")).values("sum")
    prices = Price.objects.filter(product=OuterRef("product_id")).order_by("valid_from").values("valid_from")
    return rows.annotate(
        owner_name=Subquery(Account.objects.filter(pk=OuterRef("owner_id")).values("name")),
        product_name=Subquery(Product.objects.filter(pk=OuterRef("product_id")).values("name")),
        units=Subquery(units),
        priced_since=Subquery(prices[:1]),
    )


def _owner(row: Any) -> Text:
    return link(Account(pk=row.owner_id), row.owner_name or row.owner_id)


def _product(row: Any) -> Text:
    return link(Product(pk=row.product_id), row.product_name or row.product_id)


def _quantity(row: Any) -> str:
    return plain(row.units or ZERO)


def _why(row: Any) -> Text:
    if row.priced_since is None or row.priced_since > timezone.now():
        return _("The product has no list price yet. Set one: the first one is good for what came before, too.")
    return _("It changed after it was billed, or is more than a bill can hold. A correction helps, or the next run.")
