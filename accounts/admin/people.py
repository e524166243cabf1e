"""People: their logins, second factors and rights, and who is logged in."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_otp.plugins.otp_totp.admin  # noqa: F401  (registers itself, so that it can be taken out below)
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill, table, when
from accounts.agents import in_words
from accounts.mobile import mask_mobile
from accounts.models import Operator, Session, User
from accounts.permissions import Role
from accounts.services import logins, second_factor, staff
from accounts.services.logins import open_sessions

SOME = 51
MAY_CHANGE = "accounts.change_user"
# A device's page would show its key: whoever sees that can log in as its owner.
admin.site.unregister(TOTPDevice)


def _disable(actor: Actor, row: User, _typed: Mapping[str, str]) -> Text:
    logins.disable_login(actor=actor, user_id=row.pk)
    return _now("%(person)s is logged out everywhere and cannot log in any more.") % {"person": row}


def _enable(actor: Actor, row: User, _typed: Mapping[str, str]) -> Text:
    logins.enable_login(actor=actor, user_id=row.pk)
    return _now("%(person)s can log in again, with the old password.") % {"person": row}


def _end_sessions(actor: Actor, row: User, _typed: Mapping[str, str]) -> Text:
    ended = staff.end_sessions_of(actor=actor, user_id=row.pk)
    return _now("%(count)s log-ins have ended.") % {"count": ended}


def _end_session(actor: Actor, row: User, typed: Mapping[str, str]) -> Text:
    staff.end_session_of(actor=actor, user_id=row.pk, handle=typed.get("handle", ""))
    return _now("This log-in has ended.")


def _remove_factor(actor: Actor, row: User, _typed: Mapping[str, str]) -> Text:
    second_factor.remove(actor=actor, user_id=row.pk)
    return _now("The second factor is removed; the next log-in of %(person)s sets up a new one.") % {"person": row}


def _grant(actor: Actor, row: User, _typed: Mapping[str, str]) -> Text:
    staff.grant_staff(actor=actor, user_id=row.pk)
    return _now("%(person)s is support staff now. Give the rights that are needed below.") % {"person": row}


def _revoke(actor: Actor, row: User, _typed: Mapping[str, str]) -> Text:
    staff.revoke_staff(actor=actor, user_id=row.pk)
    return _now("%(person)s is no longer support staff.") % {"person": row}


BUTTONS = [
    Button(
        "enable",
        _("Enable this login"),
        _enable,
        MAY_CHANGE,
        icon="user-check",
        offered=lambda row: not row.is_active,
    ),
    Button(
        "end-sessions",
        _("End all log-ins"),
        _end_sessions,
        MAY_CHANGE,
        icon="log-out",
        warning=_("The person is logged out in every browser and can log in again at once."),
        offered=lambda row: row.sessions.filter(expire_date__gt=timezone.now()).exists(),
    ),
    Button("end-session", _("End"), _end_session, MAY_CHANGE, offered=lambda _row: False),  # stands in the panel
    Button(
        "remove-second-factor",
        _("Remove the second factor"),
        _remove_factor,
        MAY_CHANGE,
        icon="smartphone",
        danger=True,
        warning=_("Only after you have made sure who asks: the next log-in needs the password alone."),
        offered=lambda row: row.is_staff and second_factor.device_of(user=row) is not None,
    ),
    Button(
        "grant-staff",
        _("Make support staff"),
        _grant,
        MAY_CHANGE,
        icon="shield-plus",
        warning=_("The person may log in here, after setting up a second factor, and sees what its rights allow."),
        offered=lambda row: row.is_active and not row.is_staff,
        superuser=True,
    ),
    Button(
        "revoke-staff",
        _("Take the staff rights"),
        _revoke,
        MAY_CHANGE,
        icon="shield-minus",
        danger=True,
        warning=_("The person loses all rights here and is logged out everywhere."),
        offered=lambda row: row.is_staff,
        superuser=True,
    ),
    Button(
        "disable",
        _("Disable this login"),
        _disable,
        MAY_CHANGE,
        icon="user-x",
        danger=True,
        warning=_("The person is logged out everywhere at once and cannot log in until somebody enables the login."),
        offered=lambda row: row.is_active,
    ),
]


@admin.register(User)
class UserAdmin(StaffAdmin):
    """Logins. Names and numbers are changed by their owners; staff rights by superusers only."""

    list_display = [
        "name",
        "username",
        "shown_mobile",
        "shown_state",
        "shown_staff",
        at("activated_at", _("activated")),
        at("joined_at", _("joined")),
    ]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "=username", "=mobile", "=email"]
    search_help_text = _("Name; whole user name, mobile number or e-mail")
    ordering = ["-id"]
    filter_horizontal = ["groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["name", "username", "mobile", "email", "language"]}),
        (_("Course"), {"fields": ["joined_at", "activated_at", "last_login"]}),
    ]
    readonly_fields = ["name", "username", "mobile", "email", "language", "joined_at", "activated_at", "last_login"]
    buttons = BUTTONS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers edit the rights of staff, nothing else."""
        return bool(request.user.is_superuser and (obj is None or obj.is_staff))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the rights, where the person can have any."""
        rights = [(_("Rights here"), {"fields": ["groups", "user_permissions"]})] if obj and obj.is_staff else []
        return [*super().get_fieldsets(request, obj), *rights]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Rights by one query, not one for each name."""
        if db_field.name == "user_permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service: rights only, written down."""
        staff.set_rights(
            actor=staff_actor(request),
            user_id=obj.pk,
            groups=[group.pk for group in form.cleaned_data["groups"]],
            permissions=[right.pk for right in form.cleaned_data["user_permissions"]],
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is left to save."""

    def state(self, row: User) -> Text:
        """Whether the person can come in."""
        if not row.is_active:
            return pill(_("Disabled"), "stop")
        return pill(_("Active"), "ok") if row.activated_at else pill(_("Waits for the first password"), "wait")

    @admin.display(description=_("state"), ordering="is_active")
    def shown_state(self, row: User) -> Text:
        """In the list."""
        return self.state(row)

    @admin.display(description=_("support staff"), ordering="is_staff")
    def shown_staff(self, row: User) -> Text:
        """Staff stand out."""
        return pill(_("Support staff"), "info") if row.is_staff else ""

    @admin.display(description=_("mobile number"))
    def shown_mobile(self, row: User) -> str:
        """Masked in the list; whoever opens the page has a reason."""
        return mask_mobile(row.mobile) if row.mobile else ""

    def panels(self, request: HttpRequest, row: User) -> Sequence[Panel | History]:
        """Where the person acts, from where they are logged in, what happened to the login."""
        operated = Operator.objects.filter(user=row).select_related("account").order_by("pk")[:SOME]
        accounts = [[link(each.account), Role(each.role).label, when(each.added_at)] for each in operated]
        may_end = request.user.has_perm(MAY_CHANGE)
        sessions = [
            [
                in_words(each.row.agent),
                each.row.address,
                when(each.row.created_at),
                when(each.row.seen_at),
                self.press_form(request, row, "end-session", _("End"), handle=each.handle) if may_end else "",
            ]
            for each in open_sessions(user=row, current_key=None)
        ]
        return [
            table(_("Acts in"), [_("account"), _("role"), _("added")], accounts),
            table(_("Logged in"), [_("browser"), _("address"), _("begun"), _("last seen"), ""], sessions),
            history(of_subject(row)),
        ]


@admin.register(Session)
class SessionAdmin(StaffAdmin):
    """Who is logged in now. A row's key would be a way in, so no row has a page: it is ended on the person's."""

    list_display = ["person", "shown_agent", "address", at("created_at", _("begun")), at("seen_at", _("last seen"))]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__name", "=user__username", "=user__mobile", "=address"]
    search_help_text = _("Name; whole user name, mobile number or address")
    ordering = ["-seen_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        """Those that have not run out and belong to somebody."""
        return super().get_queryset(request).filter(user__isnull=False, expire_date__gt=timezone.now())

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> None:  # noqa: ARG002
        """None: there are no pages."""
        return

    @admin.display(description=_("person"))
    def person(self, row: Session) -> SafeString | str:
        """The person's page, where log-ins are ended."""
        return link(row.user)

    @admin.display(description=_("browser"))
    def shown_agent(self, row: Session) -> str:
        """In words."""
        return str(in_words(row.agent))
