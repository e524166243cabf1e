"""Bill lines, to look at: from one to its statement, order, transfer and accounts."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin
from accounts.admin.panels import at, link
from accounts.models import Account
from finance.admin.columns import BoundedPaginator, number_in, owner, yuan
from finance.models import BillLine, Statement, Transfer
from finance.price_steps import payment_of, steps_of


@admin.register(BillLine)
class BillLineAdmin(StaffAdmin):
    """All lines, the newest first; found by what is indexed, for there are millions."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        "shown_owner",
        "shown_payer",
        yuan("payable", _("payable")),
        yuan("outstanding", _("unpaid when billed")),
        at("billed_at", _("billed")),
    ]
    list_select_related = ["owner", "payer", "product"]
    search_fields = ["=id", "=owner__number", "=payer__number", "=instance"]
    search_help_text = _("Number of the line or of the account, or both the account's number and the instance")
    ordering = ["-id"]
    fields: ClassVar[Any] = [
        "category",
        "shown_owner",
        "shown_payer",
        "shown_product",
        "instance",
        "cycle_start",
        "cycle_end",
        "revision",
        "quantity",
        "shown_price",
        "shown_payment",
        "shown_statement",
        "shown_order",
        "shown_transfer",
        "billed_at",
    ]
    readonly_fields: ClassVar[Any] = [name for name in fields if name.startswith("shown_")]

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """An account's number leads to what it used and what it paid; a further word is an instance of it."""
        words = search_term.split(maxsplit=1)
        if not words:
            return queryset, False
        if account := Account.objects.filter(number=words[0]).first():
            found = queryset.filter(Q(owner=account) | Q(statement__account=account))
            return found.filter(instance=words[1]) if len(words) > 1 else found, False
        number = number_in(search_term)
        return (queryset.filter(pk=number) if number is not None else queryset.none()), False

    def title(self, row: BillLine) -> str:
        """What for, and which."""
        return self.shown_name(row)

    @admin.display(description=_("line"), ordering="id")
    def shown_name(self, row: BillLine) -> str:
        """What for, and which."""
        return f"{row.product} · {BillLine.Category(row.category).label} #{row.pk}"

    @admin.display(description=_("used by"))
    def shown_owner(self, row: BillLine) -> SafeString | str:
        """Its page."""
        return owner(row.owner)

    @admin.display(description=_("paid by"))
    def shown_payer(self, row: BillLine) -> SafeString | str:
        """Its page."""
        return owner(row.payer)

    @admin.display(description=_("product"))
    def shown_product(self, row: BillLine) -> SafeString | str:
        """Its page."""
        return link(row.product)

    @admin.display(description=_("price"))
    def shown_price(self, row: BillLine) -> str:
        """Every step down to what is payable."""
        return " · ".join(f"{step.label} {step.text}" for step in steps_of(row))

    @admin.display(description=_("payment"))
    def shown_payment(self, row: BillLine) -> str:
        """What paid it."""
        return " · ".join(f"{part.label} {part.text}" for part in payment_of(row)) or "—"

    @admin.display(description=_("monthly statement"))
    def shown_statement(self, row: BillLine) -> SafeString | str:
        """Its page, where statements have one."""
        return link(row.statement) if admin.site.is_registered(Statement) else str(row.statement)

    @admin.display(description=_("order"))
    def shown_order(self, row: BillLine) -> SafeString | str:
        """Its page."""
        return link(row.order) if row.order else "—"

    @admin.display(description=_("transfer"))
    def shown_transfer(self, row: BillLine) -> SafeString | str:
        """Its page, with every entry."""
        transfer = Transfer.objects.filter(pk=row.transfer_id or 0).first()
        return link(transfer, format_html("#{}", transfer.pk)) if transfer else "—"
