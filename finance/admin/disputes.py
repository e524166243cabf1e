"""The queue of disputes: staff read the line and the reason, and answer."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from finance.models import Dispute
from finance.services.disputes import PERMISSION, accept_dispute, refuse_dispute

DISPUTES = {
    Dispute.State.OPEN: "wait",
    Dispute.State.ACCEPTED: "ok",
    Dispute.State.REFUSED: "stop",
    Dispute.State.WITHDRAWN: "neutral",
}


def _accept(actor: Actor, row: Dispute, typed: Mapping[str, str]) -> Text:
    accept_dispute(actor=actor, dispute_id=row.pk, answer=typed.get("answer", ""))
    return _now("Accepted: the amount is credited, and the account reads the answer.")


def _refuse(actor: Actor, row: Dispute, typed: Mapping[str, str]) -> Text:
    refuse_dispute(actor=actor, dispute_id=row.pk, answer=typed.get("answer", ""))
    return _now("Refused: the amount is to be repaid, and the account reads why.")


def _open(row: Dispute) -> bool:
    return bool(row.state == Dispute.State.OPEN)


@admin.register(Dispute)
class DisputeAdmin(QueueAdmin):
    """The queue; within it, whoever has to be answered first stands first."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        "shown_state",
        yuan("amount", _("amount")),
        "shown_account",
        at("answer_by", _("to be answered by")),
        "answered_by",
    ]
    list_filter = [QueueFilter, "state"]
    queues = {"answer": (_("To answer"), lambda rows: rows.filter(state=Dispute.State.OPEN))}
    queue_order = ["answer_by", "pk"]
    list_select_related = ["statement__account", "answered_by"]
    search_fields = ["statement__account__name", "=statement__account__number"]
    search_help_text = _("Name or number of the account")
    fieldsets = [
        (
            _("Dispute"),
            {
                "fields": [
                    "shown_account",
                    "statement_link",
                    "product",
                    "instance",
                    "shown_line",
                    "shown_amount",
                    "reason",
                    "created_by",
                    "created_at",
                    "answer_by",
                ]
            },
        ),
        (_("Answer"), {"fields": ["answer", "answered_by", "answered_at", "shown_credit"]}),
    ]
    readonly_fields = [
        "shown_account",
        "statement_link",
        "product",
        "instance",
        "shown_line",
        "shown_amount",
        "shown_credit",
    ]
    buttons = [
        Button(
            "accept",
            _("Accept"),
            _accept,
            PERMISSION,
            icon="badge-check",
            warning=_("The amount is credited at once: against what the account owes, the rest as its cash."),
            ask=Ask("answer", _("Answer"), 200, _("The account reads it.")),
            offered=_open,
        ),
        Button(
            "refuse",
            _("Refuse"),
            _refuse,
            PERMISSION,
            icon="circle-x",
            danger=True,
            ask=Ask("answer", _("Answer"), 200, _("The account reads it.")),
            offered=_open,
        ),
    ]

    def title(self, row: Dispute) -> str:
        """Which."""
        return self.shown_name(row)

    def state(self, row: Dispute) -> Text:
        """How it stands."""
        return pill(Dispute.State(row.state).label, DISPUTES[Dispute.State(row.state)])

    def notices(self, request: HttpRequest, row: Dispute) -> Sequence[Notice]:  # noqa: ARG002
        """That the account waits longer than it was told."""
        late = _open(row) and row.answer_by < timezone.now()
        return [Notice(_("The account was told to have an answer by now."), "stop")] if late else []

    def panels(self, request: HttpRequest, row: Dispute) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened."""
        return [history(of_subject(row))]

    @admin.display(description=_("dispute"), ordering="id")
    def shown_name(self, row: Dispute) -> str:
        """Which."""
        return _now("Dispute #%(number)s") % {"number": row.pk}

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Dispute) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"))
    def shown_account(self, row: Dispute) -> SafeString | str:
        """Its page."""
        return link(row.statement.account)

    @admin.display(description=_("statement"))
    def statement_link(self, row: Dispute) -> SafeString | str:
        """Its page."""
        return link(row.statement)

    @admin.display(description=_("product"))
    def product(self, row: Dispute) -> str:
        """Of the line."""
        return str(row.line.product)

    @admin.display(description=_("instance"))
    def instance(self, row: Dispute) -> str:
        """Of the line."""
        return row.line.instance

    @admin.display(description=_("amount"))
    def shown_amount(self, row: Dispute) -> SafeString | str:
        """What is doubted."""
        return money(row.amount)

    @admin.display(description=_("amount of the line"))
    def shown_line(self, row: Dispute) -> SafeString | str:
        """In all."""
        return money(row.line.payable)

    @admin.display(description=_("credited"))
    def shown_credit(self, row: Dispute) -> SafeString | str:
        """What was credited by the answer."""
        return money(None if row.credit_line is None else -row.credit_line.payable)
