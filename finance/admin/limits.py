"""Budgets, alerts, stops of purchases and services at risk: to be looked at, never changed here."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Panel, at, history, link, of_subject, pill, table, when
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from finance.models import BalanceAlert, Budget, BudgetCrossing, PurchaseStop, Suspension

STOP_TONES = {"asked": "wait", "active": "stop"}
SUSPENSION_TONES = {"grace": "warn", "suspended": "stop", "resumed": "ok"}


@admin.register(Budget)
class BudgetAdmin(StaffAdmin):
    """What a month may cost, with the thresholds that were told."""

    paginator = BoundedPaginator
    list_display = [
        "name",
        "account",
        yuan("amount", _("a month")),
        "shown_scope",
        "action",
        "active",
        at("created_at", _("made")),
    ]
    list_filter = ["active", "action"]
    list_select_related = ["account", "relationship__member", "folder", "product"]
    search_fields = ["name", "account__name", "=account__number"]
    search_help_text = _("Name of the budget, name or number of the account")
    fields = [
        "account_link",
        "shown_amount",
        "shown_scope",
        "product",
        "actual",
        "forecast",
        "action",
        "active",
        "created_by",
        "created_at",
    ]
    readonly_fields = ["account_link", "shown_amount", "shown_scope"]

    @admin.display(description=_("account"))
    def account_link(self, row: Budget) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("a month"))
    def shown_amount(self, row: Budget) -> SafeString | str:
        """In yuan."""
        return money(row.amount)

    @admin.display(description=_("covers"))
    def shown_scope(self, row: Budget) -> str:
        """The member, the folder, or everything."""
        if row.relationship is not None:
            return str(row.relationship.member)
        return str(row.folder) if row.folder is not None else _now("everything")

    def panels(self, request: HttpRequest, row: Budget) -> Sequence[Panel | History]:  # noqa: ARG002
        """Thresholds reached, and what was changed."""
        crossings = BudgetCrossing.objects.filter(budget=row)[: ROWS_MAX + 1]
        rows = [
            (f"{one.month:%Y-%m}", f"{one.percent} %", one.get_basis_display(), money(one.amount), when(one.at))
            for one in crossings
        ]
        columns = [_now("Month"), _now("Share of the budget"), _now("Basis"), _now("Amount"), _now("Told")]
        return [table(_now("Thresholds reached"), columns, rows), history(of_subject(row))]


@admin.register(BalanceAlert)
class BalanceAlertAdmin(StaffAdmin):
    """Who is told when which balance is low."""

    paginator = BoundedPaginator
    list_display = [
        "__str__",
        "account",
        "watcher",
        yuan("threshold", _("below")),
        at("below_since", _("below since")),
        at("created_at", _("set")),
    ]
    list_select_related = ["account", "watcher"]
    search_fields = ["account__name", "=account__number", "watcher__name", "=watcher__number"]
    search_help_text = _("Name or number of either account")
    ordering = ["-id"]
    fields = ["account_link", "watcher_link", "shown_threshold", "below_since", "created_at"]
    readonly_fields = ["account_link", "watcher_link", "shown_threshold"]

    @admin.display(description=_("account"))
    def account_link(self, row: BalanceAlert) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("told"))
    def watcher_link(self, row: BalanceAlert) -> SafeString | str:
        """Its page."""
        return link(row.watcher)

    @admin.display(description=_("below"))
    def shown_threshold(self, row: BalanceAlert) -> SafeString | str:
        """In yuan."""
        return money(row.threshold)

    def panels(self, request: HttpRequest, row: BalanceAlert) -> Sequence[Panel | History]:  # noqa: ARG002
        """When it was set, and each time somebody was told."""
        return [history(of_subject(row))]


class Stateful(StaffAdmin):
    """Rows with a state, shown as a pill, with what happened to them."""

    paginator = BoundedPaginator
    list_filter = ["state"]
    ordering = ["-id"]
    tones: dict[str, str] = {}

    def state(self, row: Any) -> Text:
        """As a pill."""
        return pill(row.get_state_display(), self.tones.get(row.state, "neutral"))

    @admin.display(description=_("state"))
    def shown_state(self, row: Any) -> Text:
        """As a pill."""
        return self.state(row)

    def panels(self, request: HttpRequest, row: Any) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened."""
        return [history(of_subject(row))]


@admin.register(PurchaseStop)
class PurchaseStopAdmin(Stateful):
    """Members that may not buy, and budgets that ask whether to stop them."""

    tones = STOP_TONES
    list_display = [
        "__str__",
        "shown_state",
        "manager",
        "member",
        "budget",
        at("created_at", _("set")),
        at("ended_at", _("ended")),
    ]
    list_select_related = ["relationship__manager", "relationship__member", "budget"]
    search_fields = ["relationship__manager__name", "relationship__member__name", "=relationship__member__number"]
    search_help_text = _("Name of either account, or the number of the member")
    fields = ["manager", "member", "reason", "budget", "created_by", "created_at", "ended_at"]
    readonly_fields = ["manager", "member"]

    @admin.display(description=_("manager"))
    def manager(self, row: PurchaseStop) -> SafeString | str:
        """The page of the account that stops."""
        return link(row.relationship.manager)

    @admin.display(description=_("member"))
    def member(self, row: PurchaseStop) -> SafeString | str:
        """The page of the account that is stopped."""
        return link(row.relationship.member)


@admin.register(Suspension)
class SuspensionAdmin(Stateful):
    """Services that stop, or have stopped, because bills are unpaid."""

    tones = SUSPENSION_TONES
    list_display = [
        "__str__",
        "shown_state",
        "product",
        "owner",
        "payer",
        at("since", _("nothing available since")),
        at("stops_at", _("stops")),
        at("resumed_at", _("running again")),
    ]
    list_select_related = ["product", "owner", "payer"]
    search_fields = ["owner__name", "=owner__number", "payer__name", "=payer__number", "product__name"]
    search_help_text = _("Name or number of either account, or the product")
    fields = ["product", "owner_link", "payer_link", "since", "stops_at", "suspended_at", "resumed_at"]
    readonly_fields = ["owner_link", "payer_link"]

    @admin.display(description=_("account"))
    def owner_link(self, row: Suspension) -> SafeString | str:
        """The page of who uses it."""
        return link(row.owner)

    @admin.display(description=_("paid by"))
    def payer_link(self, row: Suspension) -> SafeString | str:
        """The page of who pays."""
        return link(row.payer)
