"""Commitments: granted here, ended here, never changed."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button
from accounts.admin.panels import History, Panel, at, history, link, of_subject, table, when
from config.templatetags.ui import money
from finance.admin.grants import GrantForm, account_asked, runs_on
from finance.admin.offers import SCOPE, SOME, TIMES, OfferAdmin, ending
from finance.breakdown import plain
from finance.models import Commitment, CommitmentUse
from finance.services.commitments import end_commitment, grant_commitment


@admin.register(Commitment)
class CommitmentAdmin(OfferAdmin):
    """Commitments, and whose usage they covered."""

    form = GrantForm
    list_display = ["shown_name", "shown_state", "account", "shown_scope", "shared", at("valid_until", _("until"))]
    list_filter = ["kind", "shared"]
    asked: ClassVar[Sequence[str]] = ["number", "kind", *SCOPE, "per_cycle", "cycle", "shared", *TIMES]
    shown: ClassVar[Sequence[str]] = [
        "account_link",
        "kind",
        "shown_scope",
        "shown_capacity",
        "cycle",
        "shared",
        *TIMES,
        "granted_by",
    ]
    readonly_fields = ["account_link", "shown_scope", "shown_capacity", "granted_by"]
    buttons = [
        Button(
            "end",
            _("End it now"),
            ending(end_commitment, "commitment_id", _("Ended: cycles that begin from now on are not covered.")),
            "finance.change_commitment",
            icon="calendar-x",
            danger=True,
            warning=_("Cycles that begin from now on are not covered any more."),
            offered=runs_on,
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return grant_commitment(actor=actor, **account_asked(typed))

    def panels(self, request: HttpRequest, row: Commitment) -> Sequence[Panel | History]:  # noqa: ARG002
        """Whose usage it covered."""
        uses = CommitmentUse.objects.filter(commitment=row).select_related("consumer")[:SOME]
        rows = [[link(one.consumer), when(one.cycle_start), plain(one.quantity), money(one.amount)] for one in uses]
        columns = [_("used by"), _("cycle"), _("quantity"), _("at list price")]
        return [table(_("What it covered"), columns, rows), history(of_subject(row))]

    @admin.display(description=_("commitment"), ordering="id")
    def shown_name(self, row: Commitment) -> str:
        """Which."""
        return f"{Commitment.Kind(row.kind).label} #{row.pk}"

    @admin.display(description=_("covers per cycle"))
    def shown_capacity(self, row: Commitment) -> str:
        """Units, or yuan at list price."""
        return plain(row.per_cycle)

    def title(self, row: Commitment) -> str:
        """Which."""
        return self.shown_name(row)
