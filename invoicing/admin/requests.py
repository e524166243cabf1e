"""The queue of invoice requests: staff see what would be printed, approve or reject."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from invoicing.faces import Line
from invoicing.models import InvoiceRequest, IssueOrder
from invoicing.request_lines import printed, shown_covers
from invoicing.services.request_reviews import PERMISSION, approve_request, reject_request

State = InvoiceRequest.State
TONES = {
    State.SUBMITTED: "wait",
    State.ISSUING: "info",
    State.ISSUED: "ok",
    State.REJECTED: "stop",
    State.CANCELLED: "neutral",
}
COVERS = (_("Month"), _("Account"), _("Account number"), _("Amount with tax"))


def _approve(actor: Actor, row: InvoiceRequest, _typed: Mapping[str, str]) -> Text:
    approve_request(actor=actor, request_id=row.pk)
    return _now("Approved: the invoice is being issued.")


def _reject(actor: Actor, row: InvoiceRequest, typed: Mapping[str, str]) -> Text:
    reject_request(actor=actor, request_id=row.pk, reason=typed.get("reason", ""))
    return _now("Rejected: what it covered can be requested again, and the account reads why.")


def _waits(row: InvoiceRequest) -> bool:
    return bool(row.state == State.SUBMITTED)


def _order(row: InvoiceRequest) -> IssueOrder | None:
    return IssueOrder.objects.filter(request=row).first()


def _rejectable(row: InvoiceRequest) -> bool:
    """Not sent yet, or refused by the tax platform."""
    if _waits(row):
        return True
    order = _order(row) if row.state == State.ISSUING else None
    return order is not None and order.state == IssueOrder.State.FAILED


@admin.register(InvoiceRequest)
class InvoiceRequestAdmin(QueueAdmin):
    """The queue; within it, whoever waits longest stands first."""

    paginator = BoundedPaginator
    list_display = [
        "__str__",
        "shown_state",
        yuan("amount", _("amount with tax")),
        "kind",
        "shown_title",
        "account",
        at("created_at", _("asked for")),
    ]
    list_filter = [QueueFilter, "state", "kind"]
    queues = {"review": (_("To review"), lambda rows: rows.filter(state=State.SUBMITTED, needs_review=True))}
    list_select_related = ["account"]
    search_fields = ["=pk", "=account__number", "account__name", "title__name", "title__tax_number"]
    search_help_text = _("Number of the request, account, title or tax number")
    fieldsets = [
        (
            _("Invoice request"),
            {
                "fields": [
                    "shown_account",
                    "shown_asker",
                    "shown_link",
                    "kind",
                    "shown_amount",
                    "email",
                    "remark",
                    "created_by",
                    "created_at",
                ]
            },
        ),
        (_("Made out to"), {"fields": ["shown_title", "tax_number", "address", "bank"]}),
        (_("Outcome"), {"fields": ["shown_order", "reason", "ended_at"]}),
    ]
    readonly_fields = [
        "shown_account",
        "shown_asker",
        "shown_link",
        "shown_amount",
        "shown_title",
        "tax_number",
        "address",
        "bank",
        "shown_order",
    ]
    buttons = [
        Button(
            "approve",
            _("Approve"),
            _approve,
            PERMISSION,
            icon="badge-check",
            warning=_("The invoice is sent to the tax platform at once."),
            offered=_waits,
        ),
        Button(
            "reject",
            _("Reject"),
            _reject,
            PERMISSION,
            icon="circle-x",
            danger=True,
            ask=Ask("reason", _("Reason"), 200, _("The account reads it.")),
            offered=_rejectable,
        ),
    ]

    def state(self, row: InvoiceRequest) -> Text:
        """How it stands."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: InvoiceRequest) -> Sequence[Notice]:  # noqa: ARG002
        """That the tax platform refused it."""
        order = _order(row)
        if order is None or order.state != IssueOrder.State.FAILED or row.state != State.ISSUING:
            return []
        text = _now("The tax platform refused it: %(message)s. Mend the cause and send it again, or reject it.")
        return [Notice(text % {"message": order.message or order.fault}, "stop")]

    def panels(self, request: HttpRequest, row: InvoiceRequest) -> Sequence[Panel | History]:  # noqa: ARG002
        """The lines as printed, what they cover, what happened."""
        lines = printed(Line.read(one) for one in row.content["lines"])
        shown = ([f"*{one.class_name}*{one.name}", money(one.amount), one.rate_text, money(one.tax)] for one in lines)
        covers = shown_covers(row.content["covers"][: ROWS_MAX + 1])
        months = ([one["month"], one["name"], one["number"], money(one["money"])] for one in covers)
        return [
            table(_now("The invoice"), [_now("Item"), _now("Amount"), _now("Rate"), _now("Tax")], shown),
            table(_now("Covers"), [str(name) for name in COVERS], months),
            history(of_subject(row)),
        ]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: InvoiceRequest) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("title"))
    def shown_title(self, row: InvoiceRequest) -> str:
        """Its name."""
        return str(row.title.get("name", ""))

    @admin.display(description=_("tax number"))
    def tax_number(self, row: InvoiceRequest) -> str:
        """Of the title."""
        return row.title.get("tax_number") or "—"

    @admin.display(description=_("address and phone"))
    def address(self, row: InvoiceRequest) -> str:
        """Of the title."""
        return f"{row.title.get('address', '')} {row.title.get('phone', '')}".strip() or "—"

    @admin.display(description=_("bank and account"))
    def bank(self, row: InvoiceRequest) -> str:
        """Of the title."""
        return f"{row.title.get('bank', '')} {row.title.get('bank_account', '')}".strip() or "—"

    @admin.display(description=_("for"))
    def shown_account(self, row: InvoiceRequest) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("asked for by"))
    def shown_asker(self, row: InvoiceRequest) -> SafeString | str:
        """Its page."""
        return link(row.asked_by)

    @admin.display(description=_("by the relationship"))
    def shown_link(self, row: InvoiceRequest) -> SafeString | str:
        """By which a manager asked."""
        return link(row.relationship)

    @admin.display(description=_("amount with tax"))
    def shown_amount(self, row: InvoiceRequest) -> SafeString | str:
        """In all."""
        return money(row.amount)

    @admin.display(description=_("issue order"))
    def shown_order(self, row: InvoiceRequest) -> str:
        """How far its issuing is."""
        order = _order(row)
        return f"{order.serial}: {order.get_state_display()}" if order else "—"
