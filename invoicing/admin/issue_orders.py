"""Invoices on their way: what the tax platform refuses or does not answer about is mended here."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator
from invoicing.faces import Face
from invoicing.models import Invoice, IssueOrder
from invoicing.services.issuing import PERMISSION, hurry_order, owner_of, try_again
from invoicing.tax import Fault

State = IssueOrder.State
TONES: Final = {
    State.WAITING: "wait",
    State.SENDING: "wait",
    State.ACCEPTED: "info",
    State.UNCLEAR: "warn",
    State.ISSUED: "ok",
    State.FAILED: "stop",
}
HINTS: Final = {
    Fault.AUTH: _("The platform refuses our credentials. Check TAX_CLIENT_ID and TAX_CLIENT_SECRET, then try again."),
    Fault.NOT_ENTITLED: _("The seller is not entitled at the platform. Renew it there, then try again."),
    Fault.INVALID: _("The content is refused. Reject the request with a reason, so that it is asked for anew."),
    Fault.DUPLICATE: _("The serial stands at the platform for something else. Look there before anything is done."),
    Fault.REFUSED: _("The tax bureau refuses it. Ask there for the reason, then try again or end it."),
    Fault.LIMIT: _("The month's credit limit is used up. Ask the tax bureau for more, then try again."),
    Fault.LOGIN: _("Somebody has to log in at the electronic tax bureau. Then try again."),
    Fault.FACE: _("Somebody has to pass the face check of the electronic tax bureau. Then try again."),
}


def _again(actor: Actor, row: IssueOrder, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    try_again(actor=actor, order_id=row.pk)
    return _now("It goes to the tax platform once more, under its serial.")


def _hurry(actor: Actor, row: IssueOrder, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    hurry_order(actor=actor, order_id=row.pk)
    return _now("The tax platform is being asked. Look again in a minute.")


@admin.register(IssueOrder)
class IssueOrderAdmin(QueueAdmin):
    """Within a queue, whoever waits longest stands first."""

    paginator = BoundedPaginator
    list_display = [
        "serial",
        "shown_state",
        "shown_for",
        "seller_tax_number",
        "fault",
        "message",
        at("created_at", _("asked for")),
    ]
    list_filter = [QueueFilter, "state", "fault"]
    queues = {
        "mend": (_("Refused, to be mended"), lambda rows: rows & IssueOrder.objects.to_mend()),
        "stuck": (_("Under way for too long"), lambda rows: rows & IssueOrder.objects.stuck(at=timezone.now())),
    }
    list_select_related = ["request__account", "client__tenant__account", "red_letter__invoice__account"]
    search_fields = ["=serial", "=seller_tax_number", "=invoice__number", "=request__account__number"]
    search_help_text = _("Serial, seller's tax number, invoice number or number of the account")
    fieldsets = [
        (
            _("Order"),
            {"fields": ["serial", "shown_for", "shown_asked", "shown_seller", "shown_buyer", "shown_total", "email"]},
        ),
        (
            _("Course"),
            {
                "fields": [
                    "created_at",
                    "sent_at",
                    "asked",
                    "ask_after",
                    "ended_at",
                    "fault",
                    "message",
                    "shown_invoice",
                ]
            },
        ),
    ]
    readonly_fields = ["shown_for", "shown_asked", "shown_seller", "shown_buyer", "shown_total", "shown_invoice"]
    buttons = [
        Button(
            "again",
            _("Try again"),
            _again,
            PERMISSION,
            icon="refresh-cw",
            warning=_("Mend the cause first. The platform keeps nothing of what it refused."),
            offered=lambda row: bool(row.state == State.FAILED),
        ),
        Button(
            "ask",
            _("Ask the platform now"),
            _hurry,
            PERMISSION,
            icon="message-circle-question-mark",
            offered=lambda row: row.state in {State.WAITING, State.UNCLEAR, State.ACCEPTED},
        ),
    ]

    def state(self, row: IssueOrder) -> Text:
        """How it stands."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: IssueOrder) -> Sequence[Notice]:  # noqa: ARG002
        """What to do about a fault."""
        if row.state == State.FAILED:
            hint = HINTS.get(Fault(row.fault)) if row.fault in list(Fault) else None
            words = hint or _now("Ask the operator of the platform what this means, then try again.")
            return [Notice(words, "stop", row.message or row.fault)]
        return []

    def panels(self, request: HttpRequest, row: IssueOrder) -> Sequence[Panel | History]:  # noqa: ARG002
        """The lines as they were ordered, and what happened."""
        lines = Face.read(row.face).lines[: ROWS_MAX + 1]
        rows = [
            (seq, f"*{one.class_name}*{one.name}", money(one.amount), f"{one.rate:f}", money(one.tax))
            for seq, one in enumerate(lines, 1)
        ]
        columns = [_now("Line"), _now("Item"), _now("Amount without tax"), _now("Rate"), _now("Tax")]
        return [table(_now("Lines"), columns, rows), history(of_subject(row))]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: IssueOrder) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"))
    def shown_for(self, row: IssueOrder) -> SafeString | str:
        """Whom it is for."""
        return link(owner_of(order=row))

    @admin.display(description=_("asked for by"))
    def shown_asked(self, row: IssueOrder) -> str:
        """What made it."""
        return str(row.request or row.red_letter or row.client or "—")

    @admin.display(description=_("seller"))
    def shown_seller(self, row: IssueOrder) -> str:
        """With its number."""
        return f"{row.face['seller']['name']} ({row.seller_tax_number})"

    @admin.display(description=_("buyer"))
    def shown_buyer(self, row: IssueOrder) -> str:
        """With its number."""
        buyer = row.face["buyer"]
        return f"{buyer['name']} ({buyer['tax_number']})" if buyer["tax_number"] else str(buyer["name"])

    @admin.display(description=_("total"))
    def shown_total(self, row: IssueOrder) -> SafeString | str:
        """With tax."""
        return money(Face.read(row.face).total)

    @admin.display(description=_("invoice"))
    def shown_invoice(self, row: IssueOrder) -> SafeString | str:
        """Once there is one."""
        return link(Invoice.objects.filter(issue_order=row).first())
