"""Money in: what waits to be confirmed, and what the payment provider reports that nobody can credit by rule."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill, table, when
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.templatetags.ui import money
from finance import policy
from finance.admin.columns import BoundedPaginator, yuan
from finance.models import GatewayCallback, TopUp
from finance.models.top_up import IN_TROUBLE, TO_CONFIRM
from finance.money import parse_amount
from finance.services.top_ups import PERMISSION, close_top_up, confirm_top_up, settle_trouble

State = TopUp.State
TONES = {State.WAITING: "wait", State.CONFIRMED: "info", State.CREDITED: "ok", State.CLOSED: "neutral"}
SOME = 51  # one more than a panel shows


def _confirm(actor: Actor, row: TopUp, typed: Mapping[str, str]) -> Text:
    done = confirm_top_up(
        actor=actor,
        top_up_id=row.pk,
        arrived=parse_amount(typed.get("arrived", ""), field="arrived"),
        bank_reference=typed.get("bank_reference", ""),
    )
    if done.state == State.CONFIRMED:
        return _now("Noted. It is credited as soon as a second person confirms it.")
    return _now("Credited: the account has the money.")


def _close(actor: Actor, row: TopUp, typed: Mapping[str, str]) -> Text:
    close_top_up(actor=actor, top_up_id=row.pk, reason=typed.get("reason", ""))
    return _now("Closed. The account reads the reason.")


def _settle(actor: Actor, row: TopUp, typed: Mapping[str, str]) -> Text:
    settle_trouble(actor=actor, top_up_id=row.pk, note=typed.get("note", ""))
    return _now("Settled. What was done stands in the history.")


def _confirmable(row: TopUp) -> bool:
    """Closed ones, too: money may come late."""
    return bool(row.channel == TopUp.Channel.BANK and row.state != State.CREDITED)


@admin.register(TopUp)
class TopUpAdmin(QueueAdmin):
    """Bank transfers that wait come first."""

    paginator = BoundedPaginator
    list_display = [
        "reference",
        "shown_state",
        yuan("amount", _("amount")),
        "channel",
        "account",
        "shown_trouble",
        at("created_at", _("announced")),
        "credited_by",
    ]
    list_filter = [QueueFilter, "state", "channel"]
    queues = {
        "confirming": (_("To confirm"), lambda rows: rows.filter(TO_CONFIRM)),
        "settling": (_("Does not fit"), lambda rows: rows.filter(IN_TROUBLE)),
    }
    list_select_related = ["account", "credited_by"]
    search_fields = ["=reference", "=provider_id", "account__name", "=account__number"]
    search_help_text = _("Reference, the bank's number, name or number of the account")
    fieldsets = [
        (
            _("Application"),
            {"fields": ["account_link", "reference", "shown_amount", "channel", "created_by", "created_at"]},
        ),
        (
            _("Course"),
            {
                "fields": [
                    "confirmed_by",
                    "confirmed_at",
                    "credited_by",
                    "credited_at",
                    "shown_payment",
                    "shown_trouble",
                    "closed_at",
                    "end",
                    "closed_reason",
                    "transfer_link",
                ]
            },
        ),
    ]
    readonly_fields = ["account_link", "shown_amount", "shown_payment", "shown_trouble", "transfer_link"]
    buttons = [
        Button(
            "confirm",
            _("Confirm that the money came"),
            _confirm,
            PERMISSION,
            icon="circle-check",
            warning=_("Look at the bank statement first, and write down what stands there."),
            ask=Ask("arrived", _("Amount that arrived, in yuan"), 20, short=True),
            also=(Ask("bank_reference", _("The bank's number of the payment"), 64, short=True),),
            offered=_confirmable,
        ),
        Button(
            "settle",
            _("Settle the trouble"),
            _settle,
            PERMISSION,
            icon="wrench",
            ask=Ask("note", _("What was done"), 200, _("It stays in the history.")),
            offered=lambda row: bool(row.trouble),
        ),
        Button(
            "close",
            _("Close"),
            _close,
            PERMISSION,
            icon="circle-x",
            danger=True,
            ask=Ask("reason", _("Reason"), 200, _("The account reads it.")),
            offered=lambda row: row.state in {State.WAITING, State.CONFIRMED},
        ),
    ]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """First come, first served within a queue; otherwise what waits for staff, then the latest."""
        if QueueFilter.parameter_name in request.GET:
            return ["created_at", "pk"]
        return [Case(When(TO_CONFIRM, then=Value(0)), default=Value(1)), "-created_at", "-pk"]

    def state(self, row: TopUp) -> Text:
        """How it stands."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: TopUp) -> Sequence[Notice]:  # noqa: ARG002
        """What does not fit, and that two people are needed."""
        found: list[Notice] = []
        if row.trouble:
            words = _(
                "The payment provider reports money that cannot be credited by rule. Nothing was credited for it."
            )
            found.append(Notice(words, "stop", TopUp.Trouble(row.trouble).label))
        if row.needs_two and _confirmable(row):
            two = _now("From %(limit)s yuan on, two people confirm, each from the bank statement.")
            found.append(Notice(two % {"limit": policy.TOP_UP_FOUR_EYES_FROM}, "info"))
        return found

    def panels(self, request: HttpRequest, row: TopUp) -> Sequence[Panel | History]:  # noqa: ARG002
        """What the gateway said, and what happened."""
        said = history(of_subject(row))
        return [said] if row.channel == TopUp.Channel.BANK else [_messages(row), said]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: TopUp) -> SafeString:
        """As a pill."""
        return pill(State(row.state).label, TONES[State(row.state)])

    @admin.display(description=_("trouble"))
    def shown_trouble(self, row: TopUp) -> SafeString | str:
        """What does not fit."""
        return pill(TopUp.Trouble(row.trouble).label, "stop") if row.trouble else "—"

    @admin.display(description=_("amount"))
    def shown_amount(self, row: TopUp) -> SafeString | str:
        """With its currency."""
        return money(row.amount)

    @admin.display(description=_("number of the payment"))
    def shown_payment(self, row: TopUp) -> str:
        """Not before the second person has read it from the statement, too."""
        return _now("Stated by the first person") if row.state == State.CONFIRMED else row.provider_id or "—"

    @admin.display(description=_("account"))
    def account_link(self, row: TopUp) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("transfer"))
    def transfer_link(self, row: TopUp) -> SafeString | str:
        """Its page."""
        return link(row.transfer)


def _messages(top_up: TopUp) -> Panel:
    found = GatewayCallback.objects.filter(top_up=top_up).order_by("-pk")[:SOME]
    columns = [_("received"), _("reported"), _("amount"), _("number of the payment"), _("result")]
    rows = [
        [
            link(each, when(each.received_at)),
            each.status,
            money(each.amount),
            each.provider_id,
            GatewayCallback.Verdict(each.verdict).label,
        ]
        for each in found
    ]
    return table(_("Messages of the payment gateway"), columns, rows)
