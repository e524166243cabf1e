"""Statements and repayment plans, read-only."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill, table
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from finance.models import Dispute, PlanItem, RepaymentPlan, Statement
from finance.services.plans import Skip
from finance.statement_reports import by_product

SOME = 51  # one more than a panel shows
STATEMENTS = {
    Statement.State.DRAFT: "neutral",
    Statement.State.TO_CONFIRM: "wait",
    Statement.State.DISPUTED: "warn",
    Statement.State.CONFIRMED: "info",
    Statement.State.PARTLY_PAID: "info",
    Statement.State.SETTLED: "ok",
}
PLANS = {
    RepaymentPlan.State.ACTIVE: "info",
    RepaymentPlan.State.COMPLETED: "ok",
    RepaymentPlan.State.CANCELLED: "neutral",
}


AMOUNTS: list[Any] = [
    yuan("payable", _("payable")),
    yuan("voucher", _("vouchers")),
    yuan("cash", _("cash")),
    yuan("credit", _("on credit")),
    yuan("outstanding", _("unpaid when billed")),
    yuan("repaid", _("repaid")),
    yuan("waived", _("waived")),
]


@admin.register(Statement)
class StatementAdmin(StaffAdmin):
    """A month of one payer, with what it is made of and what was disputed."""

    paginator = BoundedPaginator
    list_display = ["account", "shown_month", "shown_state", yuan("payable", _("payable")), "shown_due", "due_on"]
    list_filter = ["state"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=account__number"]
    search_help_text = _("Name or number of the account")
    fieldsets = [
        (_("Amounts"), {"fields": ["account_link", "lines", *AMOUNTS, "shown_due"]}),
        (_("Course"), {"fields": ["issued_at", "due_on", "confirmed_at", "confirmed_by", "settled_at"]}),
    ]
    readonly_fields = ["account_link", *AMOUNTS, "shown_due"]

    def title(self, row: Statement) -> str:
        """Whose and of which month."""
        return _now("Statement of %(month)s of %(account)s") % {"month": str(row), "account": row.account}

    def state(self, row: Statement) -> Text:
        """How it stands."""
        return pill(Statement.State(row.state).label, STATEMENTS[Statement.State(row.state)])

    def notices(self, request: HttpRequest, row: Statement) -> Sequence[Notice]:  # noqa: ARG002
        """That it is overdue."""
        return [Notice(_("It is past its due date with something left to repay."))] if row.is_overdue() else []

    def panels(self, request: HttpRequest, row: Statement) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its lines' sums by product, its disputes, and what happened."""
        shares = [(one.product, one.lines, money(one.payable)) for one in by_product(row)[:SOME]]
        disputes = Dispute.objects.filter(statement=row).select_related("line__product")[:SOME]
        shown = [(link(one), one.line.product, money(one.amount), one.get_state_display()) for one in disputes]
        return [
            table(_("By product"), (_("product"), _("lines"), _("payable")), shares),
            table(_("Disputes"), (_("dispute"), _("product"), _("amount"), _("state")), shown),
            history(of_subject(row)),
        ]

    @admin.display(description=_("month"), ordering="month")
    def shown_month(self, row: Statement) -> str:
        """Year and month."""
        return str(row)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Statement) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("left to repay"))
    def shown_due(self, row: Statement) -> SafeString | str:
        """What is left."""
        return money(row.due)

    @admin.display(description=_("account"))
    def account_link(self, row: Statement) -> SafeString | str:
        """Its page."""
        return link(row.account)


@admin.register(RepaymentPlan)
class RepaymentPlanAdmin(StaffAdmin):
    """How far each plan is."""

    paginator = BoundedPaginator
    list_display = ["name", "account", "shown_state", "order", at("created_at", _("made")), at("ended_at", _("ended"))]
    list_filter = ["state"]
    list_select_related = ["account"]
    search_fields = ["name", "account__name", "=account__number"]
    search_help_text = _("Name of the plan, name or number of the account")
    fields = ["account_link", "name", "order", "shown_paid", "consented_at", "created_by", "created_at", "ended_at"]
    readonly_fields = ["account_link", "shown_paid"]

    def state(self, row: RepaymentPlan) -> Text:
        """How it stands."""
        return pill(RepaymentPlan.State(row.state).label, PLANS[RepaymentPlan.State(row.state)])

    def panels(self, request: HttpRequest, row: RepaymentPlan) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its statements and what happened."""
        items = PlanItem.objects.filter(plan=row).select_related("statement__account")[:SOME]
        rows = [(link(one.statement.account), link(one.statement), money(one.paid), _item(one)) for one in items]
        columns = (_("account"), _("statement"), _("paid"), _("state"))
        return [table(_("Statements in the plan"), columns, rows), history(of_subject(row))]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: RepaymentPlan) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("paid"))
    def shown_paid(self, row: RepaymentPlan) -> str:
        """Of how much."""
        sums = row.items.aggregate(paid=Sum("paid"), amount=Sum("amount"))
        return _now("%(paid)s of %(total)s yuan") % {"paid": sums["paid"] or 0, "total": sums["amount"] or 0}

    @admin.display(description=_("account"))
    def account_link(self, row: RepaymentPlan) -> SafeString | str:
        """Its page."""
        return link(row.account)


def _item(item: PlanItem) -> str:
    state = str(PlanItem.State(item.state).label)
    return f"{state} · {Skip(item.reason).label}" if item.reason in Skip.values else state
