"""Titles, who asks for whose invoices, and what can be invoiced: to look at."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill
from finance.admin.columns import BoundedPaginator, yuan
from invoicing.models import Invoiceable, InvoiceControl, Title

CONTROLS = {
    InvoiceControl.State.PROPOSED: "wait",
    InvoiceControl.State.IN_FORCE: "ok",
    InvoiceControl.State.REFUSED: "stop",
    InvoiceControl.State.ENDED: "neutral",
}


@admin.register(Title)
class TitleAdmin(StaffAdmin):
    """To whom invoices of accounts are made out."""

    paginator = BoundedPaginator
    list_display = ["name", "tax_number", "kind", "account", "is_default", at("archived_at", _("put away"))]
    list_filter = ["kind", "is_default"]
    list_select_related = ["account"]
    search_fields = ["name", "=tax_number", "=account__number"]
    search_help_text = _("Name, tax number or account number")
    fields = (
        "name",
        "kind",
        "tax_number",
        "address",
        "phone",
        "bank",
        "bank_account",
        "email",
        "shown_account",
        "is_default",
        "created_at",
        "archived_at",
    )
    readonly_fields = ["shown_account"]

    def panels(self, request: HttpRequest, row: Title) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened."""
        return [history(of_subject(row))]

    @admin.display(description=_("account"))
    def shown_account(self, row: Title) -> SafeString | str:
        """Its page."""
        return link(row.account)


@admin.register(InvoiceControl)
class InvoiceControlAdmin(StaffAdmin):
    """Which manager asks for all invoices of which member (A3.4)."""

    list_display = ["shown_manager", "shown_member", "shown_state", "title_name", at("proposed_at", _("proposed"))]
    list_filter = ["state"]
    list_select_related = ["relationship__manager", "relationship__member"]
    search_fields = ["=relationship__manager__number", "=relationship__member__number", "title_name", "=tax_number"]
    search_help_text = _("Number of an account, title or tax number")
    fields = (
        "shown_manager",
        "shown_member",
        "title_name",
        "tax_number",
        "proposed_by",
        "proposed_at",
        "answered_at",
        "ended_at",
    )
    readonly_fields = ["shown_manager", "shown_member"]

    def title(self, row: InvoiceControl) -> str:
        """Between whom."""
        return f"{row.relationship.manager} → {row.relationship.member}"

    def state(self, row: InvoiceControl) -> Text:
        """How it stands."""
        return pill(InvoiceControl.State(row.state).label, CONTROLS[InvoiceControl.State(row.state)])

    def panels(self, request: HttpRequest, row: InvoiceControl) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened."""
        return [history(of_subject(row))]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: InvoiceControl) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("manager"))
    def shown_manager(self, row: InvoiceControl) -> SafeString | str:
        """Its page."""
        return link(row.relationship.manager)

    @admin.display(description=_("member"))
    def shown_member(self, row: InvoiceControl) -> SafeString | str:
        """Its page."""
        return link(row.relationship.member)


@admin.register(Invoiceable)
class InvoiceableAdmin(StaffAdmin):
    """What accounts have paid, and by which request it is covered."""

    paginator = BoundedPaginator
    list_display = ["__str__", "payer", "owner", "product", yuan("amount", _("amount")), "order", "request"]
    list_select_related = ["payer", "owner", "product", "order", "request"]
    search_fields = ["=payer__number", "=owner__number", "=order__pk", "=request__pk"]
    search_help_text = _("Number of an account, an order or a request")
    fields = (
        "payer",
        "owner",
        "product",
        "statement",
        "order",
        "month",
        "amount",
        "request",
        "red_letter",
        "created_at",
    )
