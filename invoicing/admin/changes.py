"""The queue of change requests: staff see what would move and what stands in its way, and decide."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table, when
from accounts.admin.queues import QueueAdmin, QueueFilter
from config.errors import DomainError
from config.templatetags.ui import money
from invoicing.models import ChangeRequest
from invoicing.services.change_answers import PERMISSION, approve_change, reject_change, waive_fee
from invoicing.services.change_checks import check_change
from invoicing.services.moving import concerned, plan_of

State = ChangeRequest.State
TONES = {
    State.TO_AGREE: "neutral",
    State.TO_PAY: "warn",
    State.IN_REVIEW: "wait",
    State.DONE: "ok",
    State.REJECTED: "stop",
    State.WITHDRAWN: "neutral",
}


def _approve(actor: Actor, row: ChangeRequest, typed: Mapping[str, str]) -> Text:
    done = approve_change(actor=actor, change_id=row.pk, answer=typed.get("answer", ""))
    words = {"entitlements": done.result.get("entitlements", 0), "uses": done.result.get("uses", 0)}
    return _now("Done: %(entitlements)s entitlements with %(uses)s uses have moved.") % words


def _reject(actor: Actor, row: ChangeRequest, typed: Mapping[str, str]) -> Text:
    reject_change(actor=actor, change_id=row.pk, answer=typed.get("answer", ""))
    return _now("Rejected: nothing has moved, a paid fee has gone back, and the account reads why.")


def _waive(actor: Actor, row: ChangeRequest, typed: Mapping[str, str]) -> Text:
    waive_fee(actor=actor, change_id=row.pk, reason=typed.get("reason", ""))
    return _now("Waived: the order is cancelled and the request waits for its review.")


def _in_review(row: ChangeRequest) -> bool:
    return bool(row.state == State.IN_REVIEW)


def _to_pay(row: ChangeRequest) -> bool:
    return bool(row.state == State.TO_PAY)


@admin.register(ChangeRequest)
class ChangeRequestAdmin(QueueAdmin):
    """The queue; within it, whoever waits longest stands first."""

    list_display = ["__str__", "shown_state", "kind", "shown_subject", "account", at("created_at", _("asked"))]
    list_filter = [QueueFilter, "kind", "state"]
    queues = {"review": (_("To review"), lambda rows: rows.filter(state=State.IN_REVIEW))}
    list_select_related = ["account", "taxpayer", "tenant"]
    search_fields = ["=new_tax_number", "=taxpayer__tax_number", "taxpayer__name", "tenant__name", "=account__number"]
    search_help_text = _("Tax number, name of the enterprise or tenant, number of the account")
    fieldsets = [
        (
            _("Change request"),
            {
                "fields": [
                    "kind",
                    "shown_account",
                    "shown_taxpayer",
                    "shown_tenant",
                    "shown_to",
                    "new_tax_number",
                    "new_name",
                    "new_device",
                    "why",
                    "reason",
                    "created_by",
                    "created_at",
                ]
            },
        ),
        (_("Agreement and fee"), {"fields": ["shown_other", "agreed_by", "agreed_at", "shown_fee"]}),
        (_("Answer"), {"fields": ["answer", "answered_by", "ended_at"]}),
    ]
    readonly_fields = ["shown_account", "shown_taxpayer", "shown_tenant", "shown_to", "shown_other", "shown_fee"]
    buttons = [
        Button(
            "approve",
            _("Approve"),
            _approve,
            PERMISSION,
            icon="badge-check",
            warning=_("Everything below moves at once. It cannot be undone; only a new request brings it back."),
            ask=Ask("answer", _("Answer"), 500, _("What you checked. The account reads it.")),
            offered=_in_review,
        ),
        Button(
            "reject",
            _("Reject"),
            _reject,
            PERMISSION,
            icon="circle-x",
            danger=True,
            ask=Ask("answer", _("Answer"), 500, _("The account reads it. A paid fee goes back.")),
            offered=_in_review,
        ),
        Button(
            "waive",
            _("Waive the fee"),
            _waive,
            PERMISSION,
            icon="badge-percent",
            ask=Ask("reason", _("Reason"), 200, _("It stands in the account's log.")),
            offered=_to_pay,
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeRequest]:
        """With both sides."""
        related = ("tenant__account", "to_tenant__account", "taxpayer", "fee_order", "account")
        return super().get_queryset(request).select_related(*related)

    def state(self, row: ChangeRequest) -> Text:
        """How it stands."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: ChangeRequest) -> Sequence[Notice]:  # noqa: ARG002
        """What stands in the way of approving it now."""
        if row.state not in ChangeRequest.OPEN:
            return []
        try:
            check_change(change=row, taxpayers=concerned(change=row))
        except DomainError as error:
            return [Notice(f"{error} {error.hint}".strip(), "stop", _now("It cannot be approved now"))]
        return []

    def panels(self, request: HttpRequest, row: ChangeRequest) -> Sequence[Panel | History]:  # noqa: ARG002
        """What would move, or what was moved, and what happened."""
        moved = self._would_move(row) if row.state in ChangeRequest.OPEN else self._moved(row)
        return [*moved, history(of_subject(row))]

    def _would_move(self, row: ChangeRequest) -> list[Panel]:
        plan = plan_of(change=row, at=timezone.now())
        counts = {
            "enterprises": len(plan.taxpayers),
            "entitlements": len(plan.entitlements),
            "uses": plan.uses,
            "received": plan.received,
            "orders": plan.orders,
        }
        rows = [
            (one.taxpayer, one.taxpayer.tax_number, one.order.package.product, one.left, when(one.expires_at))
            for one in plan.entitlements[: ROWS_MAX + 1]
        ]
        columns = [_now("Enterprise"), _now("Tax number"), _now("Product"), _now("Left"), _now("Until")]
        note = _now("%(issued)s issued invoices stay as they are.") % {"issued": plan.issued}
        return [
            _counts(_now("What would move"), counts, note),
            table(_now("Entitlements"), columns, rows),
        ]

    def _moved(self, row: ChangeRequest) -> list[Panel]:
        return [_counts(_now("What was moved"), row.result, "")] if row.state == State.DONE else []

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: ChangeRequest) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("about"))
    def shown_subject(self, row: ChangeRequest) -> str:
        """Whom it is about."""
        return row.subject_name

    @admin.display(description=_("asked by"))
    def shown_account(self, row: ChangeRequest) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("enterprise"))
    def shown_taxpayer(self, row: ChangeRequest) -> str:
        """With its number."""
        return f"{row.taxpayer.name} ({row.taxpayer.tax_number})" if row.taxpayer else "—"

    @admin.display(description=_("tenant"))
    def shown_tenant(self, row: ChangeRequest) -> str:
        """Where it is now."""
        return _tenant(row, "tenant")

    @admin.display(description=_("new tenant"))
    def shown_to(self, row: ChangeRequest) -> str:
        """Where it goes."""
        return _tenant(row, "to_tenant")

    @admin.display(description=_("other side"))
    def shown_other(self, row: ChangeRequest) -> SafeString | str:
        """Who has to agree, where two accounts are concerned."""
        return link(row.other_account)

    @admin.display(description=_("fee"))
    def shown_fee(self, row: ChangeRequest) -> SafeString | str:
        """What was ordered for it, and whether it is paid."""
        if row.fee_order is None:
            return "—"
        return link(
            row.fee_order, format_html("{} · {}", money(row.fee_order.payable), row.fee_order.get_state_display())
        )


def _tenant(row: ChangeRequest, name: str) -> str:
    tenant = getattr(row, name)
    return f"{tenant.name} ({tenant.number}) · {tenant.account.name}" if tenant else "—"


def _counts(title: str, counts: Mapping[str, int], note: str) -> Panel:
    words = {
        "enterprises": _now("Enterprises"),
        "entitlements": _now("Entitlements"),
        "uses": _now("Uses left"),
        "received": _now("Received invoices"),
        "orders": _now("Orders"),
        "credentials": _now("Blocked keys"),
    }
    rows = [(words[name], count) for name, count in counts.items() if name in words]
    return table(title, [_now("What"), _now("How many")], rows, note=note)
