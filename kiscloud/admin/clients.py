"""Devices, seats and private servers, as staff see them: to look at, without tokens, codes and files."""

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import at, link, pill
from kiscloud.models import Device, PrivateServer, Seat


@admin.register(Device)
class DeviceAdmin(StaffAdmin):
    """Clients of people."""

    list_display = ["__str__", "platform", "version", "user", "shown_state", at("seen_at", _("last seen"))]
    list_filter = ["platform", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "=user__username", "=user__mobile", "=installation"]
    search_help_text = _("Name of the device, user name or mobile number of its person")
    fields = ["name", "platform", "version", "installation", "user_link", "created_at", "seen_at", "token_until"]
    readonly_fields = ["user_link"]

    def state(self, row: Device) -> Text:
        """Whether it is logged in."""
        return self.shown_state(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Device) -> SafeString:
        """As a pill."""
        if row.revoked_at is not None:
            return pill(_now("Removed"), "stop")
        logged_in = row.token_until is not None and row.token_until > timezone.now()
        return pill(_now("Logged in"), "ok") if logged_in else pill(_now("Logged out"), "neutral")

    @admin.display(description=_("person"))
    def user_link(self, row: Device) -> SafeString | str:
        """Their page."""
        return link(row.user)


@admin.register(Seat)
class SeatAdmin(StaffAdmin):
    """Who was in what, when, and how it ended."""

    list_display = ["user", "subscription", "account_set", "device", at("started_at", _("since")), "shown_state"]
    list_filter = ["end", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "subscription__company", "account_set", "device"]
    search_fields = ["=user__username", "=user__mobile", "subscription__company__name", "=account_set__number"]
    search_help_text = _("User name or mobile number, company, number of the set")
    fields = [
        "user",
        "subscription",
        "account_set",
        "device",
        "started_at",
        "seen_at",
        "used_at",
        "ending_at",
        "ended_at",
        "end",
    ]

    def title(self, row: Seat) -> str:
        """Who."""
        return str(row.user)

    def state(self, row: Seat) -> Text:
        """Whether it counts."""
        return self.shown_state(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Seat) -> SafeString:
        """As a pill; a silent one is over, though no job has written it down."""
        if row.ended_at is not None:
            return pill(row.get_end_display(), "neutral")
        over = not Seat.objects.taken(at=timezone.now()).filter(pk=row.pk).exists()
        return pill(_now("Not heard of any more"), "neutral") if over else pill(_now("In"), "ok")


@admin.register(PrivateServer)
class PrivateServerAdmin(StaffAdmin):
    """Private clouds by their ids."""

    list_display = ["cloud_id", "subscription", "reach", "endpoint", "version", at("seen_at", _("last heard of"))]
    list_filter = ["reach", "offline", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["subscription__company"]
    search_fields = ["=cloud_id", "subscription__company__name", "endpoint"]
    search_help_text = _("Cloud ID, company, address")
    fields = ["cloud_id", "subscription", "reach", "endpoint", "version", "offline", "dongles", "created_at", "seen_at"]

    def state(self, row: PrivateServer) -> Text:
        """Whether its code opens."""
        return pill(_now("Code revoked"), "stop") if row.revoked_at else pill(_now("Registered"), "ok")
