"""Allotments, batches, files and what the payment gateway said, to look at."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill, table
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from finance.models import Allotment, Batch, Export, GatewayCallback

SOME = 51  # one more than a panel shows
EXPORT_TONES = {
    Export.State.QUEUED: "wait",
    Export.State.RUNNING: "info",
    Export.State.READY: "ok",
    Export.State.FAILED: "stop",
}
Verdict = GatewayCallback.Verdict
GOOD = {Verdict.CREDITED, Verdict.REPEATED, Verdict.NOTED}
BAD = {Verdict.UNKNOWN_REFERENCE, Verdict.AMOUNT_DIFFERS, Verdict.OTHER_ORDER}


@admin.register(Allotment)
class AllotmentAdmin(StaffAdmin):
    """What managers gave to members and took back."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        yuan("amount", _("amount")),
        "manager",
        "member",
        "created_by",
        at("created_at", _("time")),
    ]
    list_filter = ["direction"]
    list_select_related = ["manager", "member", "created_by"]
    search_fields = ["manager__name", "member__name", "=manager__number", "=member__number"]
    search_help_text = _("Name or number of either account")
    fields = [
        "direction",
        "shown_amount",
        "manager_link",
        "member_link",
        "relationship_link",
        "note",
        "transfer_link",
        "batch",
        "created_by",
        "created_at",
    ]
    readonly_fields = ["shown_amount", "manager_link", "member_link", "relationship_link", "transfer_link"]

    def title(self, row: Allotment) -> str:
        """Which way, and which."""
        return self.shown_name(row)

    @admin.display(description=_("kind"), ordering="id")
    def shown_name(self, row: Allotment) -> str:
        """Which way, and which."""
        return f"{Allotment.Direction(row.direction).label} #{row.pk}"

    @admin.display(description=_("amount"))
    def shown_amount(self, row: Allotment) -> SafeString | str:
        """In yuan."""
        return money(row.amount)

    @admin.display(description=_("manager"))
    def manager_link(self, row: Allotment) -> SafeString | str:
        """Its page."""
        return link(row.manager)

    @admin.display(description=_("member"))
    def member_link(self, row: Allotment) -> SafeString | str:
        """Its page."""
        return link(row.member)

    @admin.display(description=_("relationship"))
    def relationship_link(self, row: Allotment) -> SafeString | str:
        """Its page."""
        return link(row.relationship)

    @admin.display(description=_("transfer"))
    def transfer_link(self, row: Allotment) -> SafeString | str:
        """Its page."""
        return link(row.transfer)


@admin.register(Batch)
class BatchAdmin(StaffAdmin):
    """Many at once: what was done, and what was refused and why."""

    list_display = ["shown_name", "account", "created_by", at("created_at", _("begun")), at("sent_at", _("sent"))]
    list_filter = ["direction"]
    list_select_related = ["account", "created_by"]
    search_fields = ["=key", "account__name", "=account__number"]
    search_help_text = _("Idempotency key, name or number of the account")
    fields = ["direction", "account_link", "key", "shown_lines", "created_by", "created_at", "sent_at"]
    readonly_fields = ["account_link", "shown_lines"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the lines of all batches in a list."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("lines", "left_out", "refused")

    def title(self, row: Batch) -> str:
        """Which way, and which."""
        return self.shown_name(row)

    def state(self, row: Batch) -> Text:
        """Whether it was sent."""
        return pill(_("Not sent"), "wait") if row.is_open else pill(_("Sent"), "ok")

    def panels(self, request: HttpRequest, row: Batch) -> Sequence[Panel | History]:  # noqa: ARG002
        """What moved, and what did not."""
        done = Allotment.objects.filter(batch=row.key, manager_id=row.account_id).select_related("member")
        moved = [[link(each), link(each.member), money(each.amount)] for each in done.order_by("pk")[:SOME]]
        places = sorted(row.refused, key=int)[:SOME]
        refused = [[int(place) + 1, row.refused[place]["sentence"]] for place in places]
        return [
            table(_("Done"), [_("number"), _("member"), _("amount")], moved),
            table(_("Refused"), [_("line"), _("reason")], refused),
        ]

    @admin.display(description=_("batch"), ordering="id")
    def shown_name(self, row: Batch) -> str:
        """Which way, and which."""
        return f"{Allotment.Direction(row.direction).label} #{row.pk}"

    @admin.display(description=_("lines"))
    def shown_lines(self, row: Batch) -> int:
        """How many."""
        return len(row.lines)

    @admin.display(description=_("account"))
    def account_link(self, row: Batch) -> SafeString | str:
        """Its page."""
        return link(row.account)


@admin.register(Export)
class ExportAdmin(StaffAdmin):
    """Files that accounts asked for; what is in them is theirs."""

    list_display = ["shown_name", "shown_state", "account", "rows", "created_by", at("created_at", _("asked for"))]
    list_filter = ["state", "format"]
    list_select_related = ["account", "created_by"]
    search_fields = ["account__name", "=account__number"]
    search_help_text = _("Name or number of the account")
    fields = [
        "account_link",
        "format",
        "asked",
        "language",
        "rows",
        "written",
        "bytes",
        "created_by",
        "created_at",
        "finished_at",
    ]
    readonly_fields = ["account_link"]

    def title(self, row: Export) -> str:
        """Which."""
        return self.shown_name(row)

    def state(self, row: Export) -> Text:
        """How far it is."""
        return pill(Export.State(row.state).label, EXPORT_TONES[Export.State(row.state)])

    def panels(self, request: HttpRequest, row: Export) -> Sequence[Panel | History]:  # noqa: ARG002
        """Who asked for it and who fetched it."""
        return [history(of_subject(row))]

    @admin.display(description=_("file"), ordering="id")
    def shown_name(self, row: Export) -> str:
        """Which."""
        return _now("File #%(number)s") % {"number": row.pk}

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Export) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"))
    def account_link(self, row: Export) -> SafeString | str:
        """Its page."""
        return link(row.account)


@admin.register(GatewayCallback)
class GatewayCallbackAdmin(StaffAdmin):
    """Messages with a right signature, and what each led to."""

    paginator = BoundedPaginator
    list_display = [
        "reference",
        "shown_verdict",
        "status",
        yuan("amount", _("amount")),
        "provider_id",
        at("received_at", _("received")),
    ]
    list_filter = ["verdict"]
    search_fields = ["=reference", "=provider_id", "=nonce"]
    search_help_text = _("Reference, number of the payment or nonce")
    fields = [
        "reference",
        "shown_amount",
        "status",
        "provider_id",
        "shown_verdict",
        "top_up_link",
        "nonce",
        "answer_status",
        "answer",
        "received_at",
    ]
    readonly_fields = ["shown_amount", "shown_verdict", "top_up_link"]

    def state(self, row: GatewayCallback) -> Text:
        """What it led to."""
        return self.shown_verdict(row)

    def panels(self, request: HttpRequest, row: GatewayCallback) -> Sequence[Panel | History]:  # noqa: ARG002
        """What was written down about it."""
        return [history(of_subject(row))]

    @admin.display(description=_("result"), ordering="verdict")
    def shown_verdict(self, row: GatewayCallback) -> SafeString:
        """As a pill."""
        verdict = Verdict(row.verdict)
        return pill(verdict.label, "ok" if verdict in GOOD else "stop" if verdict in BAD else "warn")

    @admin.display(description=_("amount"))
    def shown_amount(self, row: GatewayCallback) -> SafeString | str:
        """In yuan."""
        return money(row.amount)

    @admin.display(description=_("top-up"))
    def top_up_link(self, row: GatewayCallback) -> SafeString | str:
        """Its page."""
        return link(row.top_up)
