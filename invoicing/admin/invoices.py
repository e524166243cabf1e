"""Issued invoices, to be read, and taken back by red letters."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Panel, at, history, link, of_subject, pill, table, when
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from invoicing.forms.red_letters import typed_parts
from invoicing.models import Invoice, RedLetter
from invoicing.reversals import lines_left, statuses_of
from invoicing.services.red_letters import PERMISSION, begin_red_letter

Reason = RedLetter.Reason


def _take_back(actor: Actor, row: Invoice, typed: Mapping[str, str], *, reason: str) -> Text:
    parts = typed_parts(typed.get("parts", ""))
    letter = begin_red_letter(actor=actor, invoice_id=row.pk, reason=reason, parts=parts)
    if letter.state == RedLetter.State.NOT_NEEDED:
        return _now("The red letter %(number)s is begun, its red invoice is on its way.") % {"number": letter.number}
    return _now("The red letter %(number)s is begun; the buyer has 72 hours to confirm it.") % {"number": letter.number}


def _is_left(row: Invoice) -> bool:
    return row.reverses_id is None and any(not one.is_empty for one in lines_left(row))


PARTS: Final = Ask(
    "parts",
    _("How much, in yuan with tax"),
    500,
    _("By line, such as 1=40.00, 3=12.50. Leave it empty for all that is left."),
    short=True,
)


@admin.register(Invoice)
class InvoiceAdmin(StaffAdmin):
    """To be read; taken back by red letters."""

    paginator = BoundedPaginator
    list_display = [
        "number",
        "kind",
        "shown_red",
        yuan("total", _("total")),
        "buyer_name",
        "seller_name",
        at("issued_at", _("issued")),
    ]
    list_filter = ["kind", ("reverses", admin.EmptyFieldListFilter)]
    list_select_related = ["account", "tenant"]
    search_fields = ["=number", "=buyer_tax_number", "=seller_tax_number", "buyer_name", "=account__number"]
    search_help_text = _("Number, name of the buyer, tax number of either side or number of the account")
    fieldsets = [
        (
            _("Invoice"),
            {
                "fields": [
                    "number",
                    "kind",
                    "issued_at",
                    "shown_account",
                    "shown_order",
                    "shown_blue",
                    "shown_use",
                    "drawer",
                    "remark",
                ]
            },
        ),
        (_("Parties"), {"fields": ["seller_name", "seller_tax_number", "buyer_name", "buyer_tax_number"]}),
        (_("Amounts"), {"fields": ["shown_amount", "shown_tax", "shown_total"]}),
    ]
    readonly_fields = [
        "shown_account",
        "shown_order",
        "shown_blue",
        "shown_use",
        "shown_amount",
        "shown_tax",
        "shown_total",
    ]
    buttons = [
        Button(
            f"reverse-{reason}",
            label,
            partial(_take_back, reason=reason),
            PERMISSION,
            icon="undo-2",
            danger=reason == Reason.ERROR,
            warning=_("A red invoice cannot be taken back."),
            ask=None if reason == Reason.ERROR else PARTS,
            offered=_is_left,
        )
        for reason, label in [
            (Reason.ERROR, _("Take back: issued with an error")),
            (Reason.RETURN, _("Take back: goods returned")),
            (Reason.ENDED, _("Take back: service ended")),
            (Reason.ALLOWANCE, _("Take back: allowance")),
        ]
    ]

    def get_ordering(self, request: HttpRequest) -> list[str]:  # noqa: ARG002
        """The latest first."""
        return ["-pk"]

    def state(self, row: Invoice) -> Text:
        """How much of it stands."""
        if row.reverses_id is not None:
            return pill(pgettext("an invoice", "Red"), "info")
        status = statuses_of([row])[row.pk]
        return pill(status.label, {"normal": "ok", "partly": "warn"}.get(str(status), "stop"))

    def panels(self, request: HttpRequest, row: Invoice) -> Sequence[Panel | History]:  # noqa: ARG002
        """Lines, red letters, and what happened."""
        lines = [
            (one.seq, f"*{one.class_name}*{one.name}", money(one.amount), f"{one.rate:f}", money(one.tax))
            for one in row.lines.order_by("seq")[: ROWS_MAX + 1]
        ]
        letters = [
            (
                link(one),
                one.get_reason_display(),
                money(one.amount + one.tax),
                one.state_at(at=timezone.now()).label,
                when(one.created_at),
            )
            for one in row.red_letters.order_by("-pk")[: ROWS_MAX + 1]
        ]
        columns = [_now("Line"), _now("Item"), _now("Amount without tax"), _now("Rate"), _now("Tax")]
        about = [_now("Number"), _now("Reason"), _now("Total with tax"), _now("State"), _now("Begun")]
        return [
            table(_now("Lines"), columns, lines),
            table(_now("Red letters"), about, letters),
            history(of_subject(row)),
        ]

    @admin.display(description=_("red"), boolean=True)
    def shown_red(self, row: Invoice) -> bool:
        """Whether it takes another one back."""
        return row.reverses_id is not None

    @admin.display(description=_("account"))
    def shown_account(self, row: Invoice) -> SafeString | str:
        """Its page; of a business system's invoice, that of the tenant."""
        return link(row.account or (row.tenant.account if row.tenant else None))

    @admin.display(description=_("issue order"))
    def shown_order(self, row: Invoice) -> SafeString | str:
        """Its page."""
        return link(row.issue_order)

    @admin.display(description=_("takes back"))
    def shown_blue(self, row: Invoice) -> SafeString | str:
        """The blue one's page."""
        return link(row.reverses)

    @admin.display(description=_("use"))
    def shown_use(self, row: Invoice) -> str:
        """What the buyer has done with it."""
        used = getattr(row, "use", None)
        return str(used.get_use_display()) if used is not None else "—"

    @admin.display(description=_("amount without tax"))
    def shown_amount(self, row: Invoice) -> SafeString | str:
        """With its currency."""
        return money(row.amount)

    @admin.display(description=_("tax"))
    def shown_tax(self, row: Invoice) -> SafeString | str:
        """With its currency."""
        return money(row.tax)

    @admin.display(description=_("total"))
    def shown_total(self, row: Invoice) -> SafeString | str:
        """With its currency."""
        return money(row.total)
