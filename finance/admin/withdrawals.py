"""Money out: what waits to be checked and paid."""

from collections.abc import Mapping, Sequence

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text, staff_actor
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.errors import DomainError
from config.templatetags.ui import money
from finance import policy
from finance.admin.columns import BoundedPaginator, yuan
from finance.models import Withdrawal
from finance.services.withdrawals import (
    PERMISSION,
    approve_withdrawal,
    give_back_withdrawal,
    pay_withdrawal,
    show_bank_account,
)

State = Withdrawal.State
TONES = {State.REQUESTED: "wait", State.APPROVED: "info", State.PAID: "ok", State.RETURNED: "neutral"}
SHOW = "account"


def _approve(actor: Actor, row: Withdrawal, _typed: Mapping[str, str]) -> Text:
    approve_withdrawal(actor=actor, withdrawal_id=row.pk)
    return _now("Approved. Another person pays it now.")


def _pay(actor: Actor, row: Withdrawal, typed: Mapping[str, str]) -> Text:
    pay_withdrawal(actor=actor, withdrawal_id=row.pk, bank_reference=typed.get("bank_reference", ""))
    return _now("Written down as paid.")


def _give_back(actor: Actor, row: Withdrawal, typed: Mapping[str, str]) -> Text:
    give_back_withdrawal(actor=actor, withdrawal_id=row.pk, reason=typed.get("reason", ""))
    return _now("Given back: the amount is the account's own cash again.")


def _show(actor: Actor, row: Withdrawal, _typed: Mapping[str, str]) -> Text:
    return show_bank_account(actor=actor, withdrawal_id=row.pk)


def _open(row: Withdrawal) -> bool:
    return row.state in {State.REQUESTED, State.APPROVED}


@admin.register(Withdrawal)
class WithdrawalAdmin(QueueAdmin):
    """The queue, oldest first among those that wait. The bank account is masked until somebody has it shown."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        "shown_state",
        yuan("amount", _("amount")),
        "account",
        "bank_name",
        "bank_account_masked",
        at("created_at", _("requested")),
        "ended_by",
    ]
    list_filter = [QueueFilter, "state"]
    queues = {"paying": (_("To check and pay"), lambda rows: rows.filter(state__in=[State.REQUESTED, State.APPROVED]))}
    queue_order = ["created_at", "pk"]
    list_select_related = ["account", "ended_by"]
    search_fields = ["=provider_id", "payee", "account__name", "=account__number"]
    search_help_text = _("Account holder, the bank's number, name or number of the account")
    fieldsets = [
        (
            _("Application"),
            {
                "fields": [
                    "account_link",
                    "shown_amount",
                    "payee",
                    "bank_name",
                    "bank_account_masked",
                    "created_by",
                    "created_at",
                    "transfer_link",
                ]
            },
        ),
        (
            _("Course"),
            {
                "fields": [
                    "approved_by",
                    "approved_at",
                    "ended_by",
                    "ended_at",
                    "provider_id",
                    "reason",
                    "ended_transfer_link",
                ]
            },
        ),
    ]
    readonly_fields = ["account_link", "shown_amount", "transfer_link", "ended_transfer_link"]
    buttons = [
        Button(SHOW, _("Show the bank account"), _show, PERMISSION, icon="eye", offered=_open),
        Button(
            "approve",
            _("Approve"),
            _approve,
            PERMISSION,
            icon="badge-check",
            warning=_("Another person pays it afterwards: whoever approves cannot pay."),
            offered=lambda row: row.state == State.REQUESTED,
        ),
        Button(
            "pay",
            _("Write down as paid"),
            _pay,
            PERMISSION,
            icon="landmark",
            warning=_("Only after the bank has taken the payment. This cannot be taken back."),
            ask=Ask("bank_reference", _("The bank's number of the payment"), 64, short=True),
            offered=lambda row: _open(row) and (row.state == State.APPROVED or not row.needs_two),
        ),
        Button(
            "return",
            _("Give back"),
            _give_back,
            PERMISSION,
            icon="undo-2",
            danger=True,
            ask=Ask("reason", _("Reason"), 200, _("The account reads it.")),
            offered=_open,
        ),
    ]

    @method_decorator(require_POST)
    def press(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """As every button; but the bank account is answered at once, as a message it would be kept with the log-in."""
        if button != SHOW:
            return super().press(request, object_id, button)
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        try:
            number = _show(staff_actor(request), row, {})
        except DomainError as error:
            self.message_user(request, f"{error} {error.hint}".strip(), messages.ERROR)
            return redirect("admin:finance_withdrawal_change", quote(row.pk))
        title = _now("Bank account of withdrawal %(number)s") % {"number": row.pk}
        context = {**self.admin_site.each_context(request), "title": title, "withdrawal": row, "number": number}
        return TemplateResponse(request, "admin/finance/bank_account.html", context)

    def title(self, row: Withdrawal) -> str:
        """Which."""
        return self.shown_name(row)

    def state(self, row: Withdrawal) -> Text:
        """How it stands."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: Withdrawal) -> Sequence[Notice]:  # noqa: ARG002
        """That two people are needed."""
        if not (row.needs_two and _open(row)):
            return []
        words = _now("From %(limit)s yuan on, one person approves and another pays.")
        return [Notice(words % {"limit": policy.WITHDRAWAL_FOUR_EYES_FROM}, "info")]

    def panels(self, request: HttpRequest, row: Withdrawal) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened, who had the bank account shown included."""
        return [history(of_subject(row))]

    @admin.display(description=_("withdrawal"), ordering="id")
    def shown_name(self, row: Withdrawal) -> str:
        """Which."""
        return _now("Withdrawal #%(number)s") % {"number": row.pk}

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Withdrawal) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("amount"))
    def shown_amount(self, row: Withdrawal) -> SafeString | str:
        """With its currency."""
        return money(row.amount)

    @admin.display(description=_("account"))
    def account_link(self, row: Withdrawal) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("set aside by"))
    def transfer_link(self, row: Withdrawal) -> SafeString | str:
        """The page of the transfer."""
        return link(row.transfer)

    @admin.display(description=_("ended by transfer"))
    def ended_transfer_link(self, row: Withdrawal) -> SafeString | str:
        """The page of the transfer."""
        return link(row.ended_transfer)
