"""Account sets and records of deletions: to look at, and to have failed ones created again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table, yes
from finance.admin.columns import BoundedPaginator
from kiscloud.models import AccountSet, Deletion
from kiscloud.services.account_sets import PERMISSION, retry_set
from kiscloud.services.backup_alarms import sentence_of, troubled

State = AccountSet.State
TROUBLE: Final = "trouble"
TONES: Final = {
    State.CREATING: "wait",
    State.READY: "ok",
    State.RESTORING: "wait",
    State.FAILED: "stop",
    State.DELETED: "neutral",
}


def _again(actor: Actor, row: AccountSet, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    retry_set(actor=actor, set_id=row.pk)
    return _now("It is being created again, under its number.")


class BackupFilter(admin.SimpleListFilter):
    """Whether its automatic backups can be relied on."""

    title = _("automatic backups")
    parameter_name = "backups"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """What alarms."""
        return [(TROUBLE, _("Without a good one"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Those of which administrators and staff are told."""
        return queryset.filter(pk__in=troubled().values("pk")) if self.value() == TROUBLE else queryset


@admin.register(AccountSet)
class AccountSetAdmin(StaffAdmin):
    """What staff see of a set: never what stands in its books."""

    paginator = BoundedPaginator
    list_display = ["number", "name", "shown_state", "subscription", "version", at("created_at", _("created"))]
    list_filter = [BackupFilter, "state", "subscription__edition"]
    list_select_related = ["subscription__company"]
    search_fields = ["=number", "name", "subscription__company__name"]
    search_help_text = _("Number or name of a set, or a company")
    fields = (
        "number",
        "name",
        "subscription",
        "version",
        "shown_size",
        "restored_from",
        "fault",
        "created_by",
        "created_at",
        "deleted_at",
    )
    readonly_fields = ["shown_size"]
    buttons = [
        Button(
            "again",
            _("Create again"),
            _again,
            PERMISSION,
            icon="refresh-cw",
            offered=lambda row: bool(row.state == State.FAILED and row.restored_from_id is None),
        )
    ]

    def state(self, row: AccountSet) -> Text:
        """How it stands."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: AccountSet) -> Sequence[Notice]:  # noqa: ARG002
        """Why it failed, or what is wrong with its backups."""
        if row.state == State.FAILED and row.fault:
            return [Notice(row.fault, tone="stop")]
        return [Notice(str(sentence_of(account_set=one)), tone="stop") for one in troubled().filter(pk=row.pk)]

    def panels(self, request: HttpRequest, row: AccountSet) -> Sequence[Panel | History]:  # noqa: ARG002
        """Who is in it, its backups, and what happened."""
        users = row.users.select_related("user").order_by("name", "pk")[: ROWS_MAX + 1]
        backups = row.backups.standing().order_by("-pk")[: ROWS_MAX + 1]
        return [
            table(
                _now("Users"),
                [_now("Name in the set"), _now("Person"), _now("State"), _now("Administrator")],
                [[user.name, link(user.user), user.get_state_display(), yes(user.is_admin)] for user in users],
            ),
            table(
                _now("Backups"),
                [_now("Kind"), _now("State"), _now("Size"), _now("Created")],
                [
                    [
                        backup.get_kind_display(),
                        backup.get_state_display(),
                        filesizeformat(backup.size),
                        f"{backup.created_at:%Y-%m-%d}",
                    ]
                    for backup in backups
                ],
            ),
            history(of_subject(row)),
        ]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: AccountSet) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("size"))
    def shown_size(self, row: AccountSet) -> str:
        """In words."""
        return filesizeformat(row.size)


@admin.register(Deletion)
class DeletionAdmin(StaffAdmin):
    """Who deleted what, confirmed with whose phone, on which server (S15.6, S16.14)."""

    paginator = BoundedPaginator
    list_display = [
        "number",
        "name",
        "kind",
        "company",
        at("deleted_at", _("deleted")),
        "deleted_by",
        "holder",
        "mobile",
        "server_address",
    ]
    list_filter = ["kind"]
    list_select_related = ["company", "deleted_by"]
    search_fields = ["=number", "company__name", "=deleted_by__username"]
    search_help_text = _("Number of a set, a company, or a user name")
    fields = (
        "number",
        "name",
        "kind",
        "company",
        "deleted_at",
        "shown_by",
        "holder",
        "mobile",
        "server_address",
    )
    readonly_fields = ["shown_by"]

    @admin.display(description=_("by"))
    def shown_by(self, row: Deletion) -> SafeString | str:
        """Their page."""
        return link(row.deleted_by)
