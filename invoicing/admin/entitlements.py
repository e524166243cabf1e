"""Entitlements, with each use."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Panel, at, link, pill, table, when
from finance.admin.columns import BoundedPaginator
from invoicing.entitlement_reports import LABELS, standing_of
from invoicing.models import Entitlement


@admin.register(Entitlement)
class EntitlementAdmin(StaffAdmin):
    """What tax numbers may do."""

    paginator = BoundedPaginator
    list_display = [
        "shown_taxpayer",
        "shown_state",
        "shown_product",
        "service",
        "shown_used",
        "priority",
        at("expires_at", _("until")),
    ]
    list_filter = ["service", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["taxpayer", "order__package__product"]
    search_fields = ["=taxpayer__tax_number", "taxpayer__name", "=order__order__id"]
    search_help_text = _("Tax number or name of the enterprise, order number")
    fieldsets = [
        (None, {"fields": ["taxpayer_link", "order_link", "service", "granted", "used", "priority"]}),
        (_("Time"), {"fields": ["starts_at", "expires_at", "assigned_at", "assigned_by", "ended_at"]}),
        (_("Course"), {"fields": ["before_link", "after_link"]}),
    ]
    readonly_fields = ["taxpayer_link", "order_link", "before_link", "after_link"]

    def title(self, row: Entitlement) -> str:
        """Whose and what."""
        return f"{row.taxpayer.name} · {row.order.package.product.name}"

    def state(self, row: Entitlement) -> Text:
        """How it stands."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Entitlement) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its latest uses."""
        uses = row.uses.order_by("-pk")[: ROWS_MAX + 1]
        rows = [[one.serial, when(one.at), when(one.given_back_at)] for one in uses]
        return [table(_("Uses"), [_("serial"), _("at"), _("given back")], rows, empty=_("Not used yet"))]

    @admin.display(description=_("enterprise"), ordering="taxpayer__name")
    def shown_taxpayer(self, row: Entitlement) -> str:
        """Name and number."""
        return f"{row.taxpayer.name} {row.taxpayer.tax_number}"

    @admin.display(description=_("state"))
    def shown_state(self, row: Entitlement) -> SafeString:
        """As a pill."""
        return pill(*LABELS[standing_of(row, timezone.now())])

    @admin.display(description=_("product"))
    def shown_product(self, row: Entitlement) -> str:
        """Its name."""
        return row.order.package.product.name

    @admin.display(description=_("used"), ordering="used")
    def shown_used(self, row: Entitlement) -> str:
        """Of how many."""
        return f"{row.used} / {row.granted}"

    @admin.display(description=_("enterprise"))
    def taxpayer_link(self, row: Entitlement) -> SafeString | str:
        """Its page."""
        return link(row.taxpayer)

    @admin.display(description=_("order"))
    def order_link(self, row: Entitlement) -> SafeString | str:
        """Its page."""
        return link(row.order, _now("Order #%(number)s") % {"number": row.order.order_id})

    @admin.display(description=_("continues"))
    def before_link(self, row: Entitlement) -> SafeString | str:
        """What it goes on from."""
        return link(row.continues, row.continues_id)

    @admin.display(description=_("continued by"))
    def after_link(self, row: Entitlement) -> SafeString | str:
        """What goes on from it."""
        heir = Entitlement.objects.filter(continues=row).first()
        return link(heir, heir.pk if heir else None)
