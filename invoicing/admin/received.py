"""Received invoices; staff look, and change nothing."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, history, link, of_subject
from finance.admin.columns import BoundedPaginator
from invoicing.models import ReceivedInvoice


@admin.register(ReceivedInvoice)
class ReceivedInvoiceAdmin(StaffAdmin):
    """What suppliers issued to tenants' enterprises."""

    paginator = BoundedPaginator
    list_display = [
        "number",
        "seller_name",
        "taxpayer",
        "total",
        "usage",
        "check_state",
        at("created_at", _("collected")),
    ]
    list_filter = ["usage", "check_state", "source"]
    list_select_related = ["taxpayer"]
    search_fields = ["=number", "=taxpayer__tax_number", "=seller_tax_number", "=tenant__number"]
    search_help_text = _("Number of the invoice, tax number of buyer or seller, number of the tenant")
    fieldsets = [
        (None, {"fields": ["number", "code", "kind", "issued_on", "seller_name", "seller_tax_number"]}),
        (_("Amounts"), {"fields": ["amount", "tax", "total"]}),
        (_("Buyer"), {"fields": ["taxpayer_link", "tenant_link", "source", "created_by", "created_at"]}),
        (_("Verification"), {"fields": ["check_state", "check_result", "checked_at"]}),
        (_("Use"), {"fields": ["usage"]}),
    ]
    readonly_fields = ["taxpayer_link", "tenant_link"]

    def title(self, row: ReceivedInvoice) -> str:
        """Its number and whose it is."""
        return f"{row.number} · {row.seller_name}"

    def panels(self, request: HttpRequest, row: ReceivedInvoice) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened to it."""
        return [history(of_subject(row))]

    @admin.display(description=_("buyer"))
    def taxpayer_link(self, row: ReceivedInvoice) -> Text:
        """The enterprise."""
        return link(row.taxpayer)

    @admin.display(description=_("tenant"))
    def tenant_link(self, row: ReceivedInvoice) -> Text:
        """Its tenant."""
        return link(row.tenant)
