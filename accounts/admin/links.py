"""Relationships, the questions put to members, folders, and which permissions are offered."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill, table, when
from accounts.history import events_of
from accounts.models import Delivery, Folder, Invitation, Relationship, WithheldPoint
from accounts.permissions import Inherit, Point
from accounts.services.staff import offer_point, withhold_point
from accounts.standing import Standing, standing_of, with_standing
from config.errors import DomainError

SOME = 51
STATES = Invitation.State
TONES = {
    STATES.OPEN: "info",
    STATES.ACCEPTED: "ok",
    STATES.REFUSED: "stop",
    STATES.EXPIRED: "warn",
    STATES.WITHDRAWN: "neutral",
    STATES.VOID: "neutral",
}


def granted(points: Sequence[str], inherits: Sequence[str]) -> str:
    """Permissions and what is inherited, in words."""
    words = {**dict(Point.choices), **dict(Inherit.choices)}
    return _now(", ").join(str(words.get(each, each)) for each in [*points, *inherits]) or "—"


def asked_state(row: Invitation) -> SafeString:
    """Judged now, not by the row alone."""
    state = STATES(row.state_at())
    return pill(state.label, TONES[state])


@admin.register(Relationship)
class RelationshipAdmin(StaffAdmin):
    """Read-only: links are made and ended by the accounts themselves."""

    list_display = ["manager", "member", "kind", "shown_state", "origin", at("created_at", _("created"))]
    list_display_links = ["manager", "member"]
    list_filter = ["state", "kind", "origin", "end"]
    list_select_related = ["manager", "member"]
    search_fields = ["manager__name", "=manager__number", "member__name", "=member__number"]
    search_help_text = _("Name or number of either account")
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["manager_link", "member_link", "kind", "origin", "folder", "remark"]}),
        (_("Granted"), {"fields": ["shown_points", "console_role"]}),
        (_("Course"), {"fields": ["created_by", "created_at", "established_at", "ended_at", "end"]}),
    ]
    readonly_fields = ["manager_link", "member_link", "shown_points"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of the page get their standing by one query."""
        listed = super().get_changelist_instance(request)
        with_standing(list(listed.result_list))
        return listed

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Relationship) -> SafeString:
        """Of the three of K9, with what is behind it."""
        found: Standing = row.standing  # type: ignore[attr-defined]
        return pill(found.detail or found.shown.label, found.tone)

    @admin.display(description=_("manager"))
    def manager_link(self, row: Relationship) -> SafeString | str:
        """Its page."""
        return link(row.manager)

    @admin.display(description=_("member"))
    def member_link(self, row: Relationship) -> SafeString | str:
        """Its page."""
        return link(row.member)

    @admin.display(description=_("permissions"))
    def shown_points(self, row: Relationship) -> str:
        """In words."""
        return granted(row.points, row.inherits)

    def title(self, row: Relationship) -> str:
        """Both sides."""
        return f"{row.manager} → {row.member}"

    def state(self, row: Relationship) -> Text:
        """As both sides see it."""
        found = standing_of(row, row.invitations.open().first())
        return pill(found.shown.label, found.tone)

    def panels(self, request: HttpRequest, row: Relationship) -> Sequence[Panel | History]:  # noqa: ARG002
        """Every question that was asked, and everything that happened."""
        rows = [
            [
                link(each, Invitation.Purpose(each.purpose).label),
                asked_state(each),
                granted(each.points, each.inherits),
                when(each.sent_at),
                when(each.expires_at),
                when(each.answered_at),
            ]
            for each in row.invitations.order_by("-pk")[:SOME]
        ]
        columns = [_("purpose"), _("state"), _("permissions"), _("sent"), _("valid until"), _("answered")]
        return [table(_("Questions to the member"), columns, rows), history(events_of(row))]


@admin.register(Invitation)
class InvitationAdmin(StaffAdmin):
    """Read-only: answered by the member, withdrawn and sent again by the manager."""

    list_display = [
        "parties",
        "purpose",
        "shown_state",
        "door",
        at("sent_at", _("sent")),
        at("expires_at", _("valid until")),
        at("opened_at", _("first opened")),
        at("answered_at", _("answered")),
    ]
    list_filter = ["state", "purpose", "door"]
    list_select_related = ["relationship__manager", "relationship__member"]
    search_fields = [
        "relationship__manager__name",
        "=relationship__manager__number",
        "relationship__member__name",
        "=relationship__member__number",
    ]
    search_help_text = _("Name or number of either account")
    fieldsets = [
        (None, {"fields": ["relationship_link", "purpose", "door"]}),
        (_("Asked for"), {"fields": ["shown_points", "console_role"]}),
        (
            _("Course"),
            {"fields": ["sent_by", "sent_at", "expires_at", "opened_at", "nudged_at", "answered_by", "answered_at"]},
        ),
    ]
    readonly_fields = ["relationship_link", "shown_points"]

    def title(self, row: Invitation) -> str:
        """Who asks whom."""
        return f"{row.relationship.manager} → {row.relationship.member}"

    def state(self, row: Invitation) -> Text:
        """Judged now."""
        return asked_state(row)

    @admin.display(description=_("from → to"))
    def parties(self, row: Invitation) -> str:
        """In the list."""
        return self.title(row)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Invitation) -> SafeString:
        """In the list."""
        return asked_state(row)

    @admin.display(description=_("relationship"))
    def relationship_link(self, row: Invitation) -> SafeString | str:
        """Its page."""
        return link(row.relationship, self.title(row))

    @admin.display(description=_("permissions"))
    def shown_points(self, row: Invitation) -> str:
        """In words."""
        return granted(row.points, row.inherits)

    def panels(self, request: HttpRequest, row: Invitation) -> Sequence[Panel | History]:  # noqa: ARG002
        """Letters and texts that carried it, its short links without their tokens, what happened."""
        sent = Delivery.objects.filter(event__in=of_subject(row)).order_by("-pk")[:SOME]
        letters = [
            [
                link(each, Delivery.Channel(each.channel).label),
                each.target,
                Delivery.State(each.state).label,
                when(each.created_at),
                when(each.sent_at),
            ]
            for each in sent
        ]
        links = [
            [each.channel, when(each.created_at), each.opens, when(each.revoked_at)]
            for each in row.links.order_by("-pk")[:SOME]
        ]
        return [
            table(_("Letters and texts"), [_("channel"), _("to"), _("state"), _("created"), _("sent")], letters),
            table(_("Short links"), [_("channel"), _("created"), _("opened"), _("replaced")], links),
            history(of_subject(row)),
        ]


@admin.register(Folder)
class FolderAdmin(StaffAdmin):
    """The resource directories, to look at."""

    list_display = ["name", "owner", "parent", "placed", at("created_at", _("created"))]
    list_select_related = ["owner", "parent"]
    search_fields = ["name", "owner__name", "=owner__number"]
    search_help_text = _("Folder, name or number of the account")
    ordering = ["-id"]
    fields = ["name", "owner", "parent", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of accounts in it."""
        rows: QuerySet[Any] = super().get_queryset(request).annotate(placed_number=Count("placements"))
        return rows

    @admin.display(description=_("accounts in it"), ordering="placed_number")
    def placed(self, row: Any) -> int:
        """Directly, not below."""
        return int(row.placed_number)

    def panels(self, request: HttpRequest, row: Folder) -> Sequence[Panel | History]:  # noqa: ARG002
        """What is in it."""
        folders = [[link(each), when(each.created_at)] for each in row.children.order_by("name")[:SOME]]
        placed = row.placements.select_related("member").order_by("-pk")[:SOME]
        accounts = [[link(each.member), each.member.number, link(each, _("link"))] for each in placed]
        return [
            table(_("Folders in it"), [_("name"), _("created")], folders),
            table(_("Accounts in it"), [_("name"), _("account number"), ""], accounts),
            history(of_subject(row)),
        ]


@admin.register(WithheldPoint)
class WithheldPointAdmin(StaffAdmin):
    """Permissions that are no longer offered (Q-3): added and removed here, by services that write them down."""

    list_display = ["kind", "point"]
    list_filter = ["kind"]
    fields = ["kind", "point"]

    def title(self, row: WithheldPoint) -> str:
        """Which permission, in which kind."""
        return f"{Relationship.Kind(row.kind).label}: {Point(row.point).label}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("accounts.add_withheldpoint")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Staff with that right."""
        return request.user.has_perm("accounts.delete_withheldpoint")

    def save_model(self, request: HttpRequest, obj: WithheldPoint, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service, so that it is written down who did it."""
        row = withhold_point(actor=staff_actor(request), kind=obj.kind, point=obj.point)
        obj.pk, obj._state.adding = row.pk, False

    def delete_model(self, request: HttpRequest, obj: WithheldPoint) -> None:
        """By the service; somebody else may have been quicker."""
        try:
            offer_point(actor=staff_actor(request), withheld_id=obj.pk)
        except DomainError as error:
            self.message_user(request, str(error), messages.WARNING)
