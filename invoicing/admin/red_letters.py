"""Red letters: what buyers ask for is answered here, within 72 hours, and what the platform refuses is ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table, when
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from invoicing.models import Invoice, IssueOrder, RedLetter
from invoicing.red_reports import TONES
from invoicing.services.red_answers import answer_red_letter, void_red_letter, withdraw_red_letter
from invoicing.services.red_letters import PERMISSION
from invoicing.sides import account_of, buyer_account

State, Side = RedLetter.State, RedLetter.Side


def _confirm(actor: Actor, row: RedLetter, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    answer_red_letter(actor=actor, letter_id=row.pk, agrees=True)
    return _now("Confirmed: its red invoice is on its way.")


def _refuse(actor: Actor, row: RedLetter, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    answer_red_letter(actor=actor, letter_id=row.pk, agrees=False)
    return _now("Refused: the invoice stays as it is, and the account is told.")


def _withdraw(actor: Actor, row: RedLetter, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    withdraw_red_letter(actor=actor, letter_id=row.pk)
    return _now("Withdrawn: what it held of the invoice is free again.")


def _void(actor: Actor, row: RedLetter, typed: Mapping[str, str]) -> Text:
    void_red_letter(actor=actor, letter_id=row.pk, reason=typed.get("reason", ""))
    return _now("Void: what it held of the invoice is free again. The account reads the reason.")


def _answerable(row: RedLetter) -> bool:
    """By staff: what a buyer asks us, and what a buyer said whom nobody here knows."""
    state = row.state_at(at=timezone.now())
    ours = state == State.WAITS_FOR_SELLER and row.invoice.account_id is not None
    return ours or (state == State.WAITS_FOR_BUYER and buyer_account(row.invoice) is None)


def _has_failed(row: RedLetter) -> bool:
    order = getattr(row, "issue_order", None)
    return row.state in RedLetter.READY and order is not None and order.state == IssueOrder.State.FAILED


def _endable(row: RedLetter) -> bool:
    return row.state_at(at=timezone.now()) in RedLetter.WAITS or _has_failed(row)


@admin.register(RedLetter)
class RedLetterAdmin(QueueAdmin):
    """Within the queue, what lapses first stands first."""

    paginator = BoundedPaginator
    list_display = [
        "number",
        "shown_state",
        "shown_blue",
        "reason",
        yuan("amount", _("amount without tax")),
        "side",
        at("created_at", _("begun")),
    ]
    list_filter = [QueueFilter, "state", "reason", "side"]
    queues = {"answer": (_("To answer"), lambda rows: rows & RedLetter.objects.to_answer(at=timezone.now()))}
    list_select_related = ["invoice__account", "invoice__tenant__account", "issue_order"]
    search_fields = ["=number", "=invoice__number", "=invoice__account__number", "=serial"]
    search_help_text = _("Number of the red letter or invoice, serial or number of the account")
    fieldsets = [
        (_("Red letter"), {"fields": ["number", "shown_blue", "shown_account", "reason", "side", "created_by"]}),
        (_("Amounts"), {"fields": ["shown_amount", "shown_tax"]}),
        (_("Course"), {"fields": ["created_at", "shown_until", "answered_at", "shown_order", "shown_red"]}),
    ]
    readonly_fields = [
        "shown_blue",
        "shown_account",
        "shown_amount",
        "shown_tax",
        "shown_until",
        "shown_order",
        "shown_red",
    ]
    buttons = [
        Button(
            "confirm",
            _("Confirm"),
            _confirm,
            PERMISSION,
            icon="circle-check",
            warning=_("Its red invoice is issued at once. That cannot be undone."),
            offered=_answerable,
        ),
        Button("refuse", _("Refuse"), _refuse, PERMISSION, icon="circle-x", danger=True, offered=_answerable),
        Button(
            "withdraw",
            _("Withdraw"),
            _withdraw,
            PERMISSION,
            icon="undo-2",
            offered=lambda row: row.side == Side.SELLER and _endable(row),
        ),
        Button(
            "void",
            _("Make void"),
            _void,
            PERMISSION,
            icon="ban",
            danger=True,
            ask=Ask("reason", _("Reason"), 200, _("The account reads it.")),
            offered=_endable,
        ),
    ]

    def state(self, row: RedLetter) -> Text:
        """As people read it now."""
        state = row.state_at(at=timezone.now())
        return pill(state.label, TONES.get(state, "neutral"))

    def notices(self, request: HttpRequest, row: RedLetter) -> Sequence[Notice]:  # noqa: ARG002
        """Until when it must be answered, and that the platform refused it."""
        if _has_failed(row):
            words = _now("Mend the cause and try its issue order again, or end the red letter.")
            return [Notice(words, "stop", _now("The tax platform refused its red invoice"))]
        if _answerable(row):
            words = _now("Without an answer until %(until)s it is void.") % {"until": _local(row.expires_at)}
            return [Notice(words, "warn")]
        return []

    def panels(self, request: HttpRequest, row: RedLetter) -> Sequence[Panel | History]:  # noqa: ARG002
        """What goes back, which refunds it is for, and what happened."""
        lines = [
            (one.line.seq, f"*{one.line.class_name}*{one.line.name}", one.quantity, money(one.amount), money(one.tax))
            for one in row.lines.select_related("line").order_by("line__seq")[: ROWS_MAX + 1]
        ]
        refunds = [
            (f"#{one.order_id}", money(one.amount), when(one.created_at))
            for one in row.items.order_by("pk")[: ROWS_MAX + 1]
        ]
        columns = [_now("Line"), _now("Item"), _now("Quantity"), _now("Amount without tax"), _now("Tax")]
        return [
            table(_now("What goes back"), columns, lines),
            table(_now("For these refunds"), [_now("Order"), _now("Total with tax"), _now("Since")], refunds),
            history(of_subject(row)),
        ]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: RedLetter) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("invoice"))
    def shown_blue(self, row: RedLetter) -> SafeString | str:
        """Its page."""
        return link(row.invoice)

    @admin.display(description=_("account"))
    def shown_account(self, row: RedLetter) -> SafeString | str:
        """Its page."""
        return link(account_of(row.invoice))

    @admin.display(description=_("amount without tax"))
    def shown_amount(self, row: RedLetter) -> SafeString | str:
        """With its currency."""
        return money(row.amount)

    @admin.display(description=_("tax"))
    def shown_tax(self, row: RedLetter) -> SafeString | str:
        """With its currency."""
        return money(row.tax)

    @admin.display(description=_("to be answered until"))
    def shown_until(self, row: RedLetter) -> SafeString | str:
        """While it waits."""
        return when(row.expires_at) if row.state in RedLetter.WAITS else "—"

    @admin.display(description=_("issue order"))
    def shown_order(self, row: RedLetter) -> SafeString | str:
        """Its page."""
        return link(getattr(row, "issue_order", None))

    @admin.display(description=_("red invoice"))
    def shown_red(self, row: RedLetter) -> SafeString | str:
        """Once there is one."""
        return link(Invoice.objects.filter(issue_order__red_letter=row).first())


def _local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
