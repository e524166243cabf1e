"""What the API for clients answers: each serializer is one shape of the description."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kiscloud import policy
from kiscloud.editions import Edition
from kiscloud.models import AccountSet, Backup, Device, DriveFile, Platform, PrivateServer, Release, Seat, Subscription
from kiscloud.services.restores import reasons_against, without_mobile


class ClientDeviceOut(serializers.Serializer[Device]):
    """A client of the person."""

    id = serializers.IntegerField()
    platform = serializers.ChoiceField(Platform.choices)
    name = serializers.CharField()
    version = serializers.CharField()
    last_seen = serializers.DateTimeField(source="seen_at")
    logged_in_until = serializers.DateTimeField(source="token_until", allow_null=True)
    last_set = serializers.IntegerField(source="last_set_id", allow_null=True)


class ClientSessionOut(serializers.Serializer[Any]):
    """Who is logged in, and on which device."""

    person = serializers.CharField(source="user")
    device = ClientDeviceOut(source="*")


class ClientTokenOut(serializers.Serializer[Any]):
    """The token of this client, shown this once. Keep it in the system's own store of secrets."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField(source="device.token_until")
    person = serializers.CharField(source="device.user")
    device = ClientDeviceOut()


class ClientSeatOut(serializers.Serializer[Seat]):
    """A seat, and how often the client says that it is still there."""

    id = serializers.IntegerField()
    set = serializers.IntegerField(source="account_set_id", allow_null=True, help_text=_("Null: the inventory app."))
    product = serializers.IntegerField(source="subscription_id")
    since = serializers.DateTimeField(source="started_at")
    leave_by = serializers.DateTimeField(source="ending_at", allow_null=True)
    beat_every = serializers.SerializerMethodField(help_text=_("Seconds between two signs of life."))
    free_after = serializers.SerializerMethodField(help_text=_("Seconds of silence after which others may enter."))

    def get_beat_every(self, seat: Seat) -> int:  # noqa: ARG002
        """The same for all."""
        return int(policy.HEARTBEAT.total_seconds())

    def get_free_after(self, seat: Seat) -> int:  # noqa: ARG002
        """The same for all."""
        return int(policy.SEAT_SILENCE.total_seconds())


class ClientLaunchOut(ClientTokenOut):
    """The same, and the seat that the ticket was for."""

    seat = ClientSeatOut()


class ClientStandingOut(serializers.Serializer[Any]):
    """Whether the client is still in."""

    inside = serializers.BooleanField()
    end = serializers.ChoiceField([("", ""), *Seat.End.choices], help_text=_("Why it is not, or empty."))
    seconds_left = serializers.IntegerField(
        allow_null=True, help_text=_("An administrator logs this user off: show the countdown, save, leave.")
    )
    asked_by = serializers.CharField(help_text=_("Somebody waits and asks to have the seat; or empty."))


class ClientPlaceOut(serializers.Serializer[Any]):
    """A place in the queue."""

    ahead = serializers.IntegerField(help_text=_("How many come first."))
    free = serializers.BooleanField(help_text=_("A seat is free for this person: enter now."))
    since = serializers.DateTimeField()
    ask_every = serializers.SerializerMethodField(help_text=_("Seconds until the next call, which keeps the place."))

    def get_ask_every(self, place: Any) -> int:  # noqa: ARG002
        """The same for all."""
        return int(policy.WAIT_ASKS.total_seconds())


class ClientSetOut(serializers.Serializer[Any]):
    """A set that the person may enter."""

    id = serializers.IntegerField(source="account_set.pk")
    number = serializers.CharField(source="account_set.number")
    name = serializers.CharField(source="account_set.name")
    version = serializers.CharField(source="account_set.version")
    state = serializers.ChoiceField(AccountSet.State.choices, source="account_set.state")
    product = serializers.IntegerField(source="product.pk")
    edition = serializers.ChoiceField(Edition.choices, source="product.edition")
    expired = serializers.BooleanField(source="is_expired")
    opens = serializers.BooleanField(help_text=_("Whether it can be entered now, apart from free seats."))


class ClientCompanyOut(serializers.Serializer[Any]):
    """A company with its sets."""

    id = serializers.IntegerField(source="company.pk")
    name = serializers.CharField(source="company.name")
    demo = serializers.BooleanField(source="company.is_demo")
    sets = ClientSetOut(many=True)


class ClientSetsOut(serializers.Serializer[Any]):
    """Where the person may go."""

    companies = ClientCompanyOut(many=True)
    last_set = serializers.IntegerField(allow_null=True, help_text=_("The one this device was in last."))
    hint = serializers.CharField(help_text=_("What to do where there is nothing to enter; or empty."))


class ClientTicketOut(serializers.Serializer[Any]):
    """A ticket, shown this once."""

    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ClientPreferencesOut(serializers.Serializer[Device]):
    """What the device remembers."""

    preferences = serializers.DictField(child=serializers.JSONField(allow_null=True))


class DriveFileOut(serializers.Serializer[DriveFile]):
    """A file of the personal drive."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text=_("In bytes."))
    stored_at = serializers.DateTimeField(source="created_at")


class ReleaseOut(serializers.Serializer[Release]):
    """The latest version for a platform."""

    platform = serializers.ChoiceField(Platform.choices)
    channel = serializers.ChoiceField(Release.Channel.choices)
    version = serializers.CharField()
    url = serializers.SerializerMethodField()
    size = serializers.IntegerField(help_text=_("In bytes; 0 for what an app store keeps."))
    sha256 = serializers.CharField(help_text=_("Of the file, in hex; check it before installing."))
    needs = serializers.CharField(help_text=_("The system that it needs at least."))
    notes = serializers.CharField(source="shown_notes", help_text=_("What is new, in the language of the call."))
    released_at = serializers.DateTimeField()

    def get_url(self, row: Release) -> str:
        """Where it is downloaded, without log-in."""
        link: str = self.context["link"](row)
        return link


class ReleasesOut(serializers.Serializer[Any]):
    """One for each platform that has one."""

    data = ReleaseOut(many=True)  # type: ignore[assignment]


class ReleaseCheckOut(serializers.Serializer[Any]):
    """Whether there is something newer."""

    update = serializers.BooleanField()  # type: ignore[assignment]
    latest = ReleaseOut(allow_null=True)


class ServerOut(serializers.Serializer[PrivateServer]):
    """A private server as it is registered. Its code is in no answer."""

    cloud_id = serializers.CharField()
    product = serializers.IntegerField(source="subscription_id")
    reach = serializers.ChoiceField(PrivateServer.Reach.choices)
    endpoint = serializers.CharField()
    version = serializers.CharField()
    offline = serializers.BooleanField()
    dongles = serializers.IntegerField()
    last_heard_of = serializers.DateTimeField(source="seen_at", allow_null=True)


class ServerCodeOut(serializers.Serializer[Any]):
    """The server, and its authorisation code, shown this once."""

    server = ServerOut()
    code = serializers.CharField()


class ServerPlaceOut(serializers.Serializer[PrivateServer]):
    """Where a private cloud is reached."""

    cloud_id = serializers.CharField()
    company = serializers.CharField(source="subscription.company.name")
    edition = serializers.ChoiceField(Edition.choices, source="subscription.edition")
    reach = serializers.ChoiceField(PrivateServer.Reach.choices)
    endpoint = serializers.CharField(help_text=_("Empty while the server has not said where it is."))


class ServerStateOut(serializers.Serializer[Subscription]):
    """How the product of a private cloud stands."""

    state = serializers.ChoiceField(Subscription.State.choices)
    expires_at = serializers.DateTimeField(allow_null=True)
    users = serializers.IntegerField(source="users_total")
    sets = serializers.IntegerField(source="sets_total")


class SentBackupOut(serializers.Serializer[Backup]):
    """A backup in the company's drive, and what keeps it from being restored in the public cloud."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(Backup.State.choices, help_text=_("“creating” while its rows are looked through."))
    fault = serializers.CharField(help_text=_("Why it failed; else empty."))
    set_number = serializers.CharField()
    set_name = serializers.CharField()
    version = serializers.CharField(source="set_version")
    size = serializers.IntegerField(help_text=_("In bytes, as it is kept."))
    unpacked = serializers.IntegerField(help_text=_("In bytes."))
    sha256 = serializers.CharField(help_text=_("Of the file as it was sent."))
    kept_at = serializers.DateTimeField(source="finished_at", allow_null=True)
    without_mobile = serializers.SerializerMethodField(
        help_text=_("Users without an employee, or whose employee has no mobile number.")
    )
    hindrances = serializers.SerializerMethodField(
        help_text=_("A sentence for each; once complete and empty: it can be restored.")
    )

    def get_without_mobile(self, backup: Backup) -> list[str]:
        """Their names."""
        return without_mobile(backup=backup)

    def get_hindrances(self, backup: Backup) -> list[str]:
        """In the language of the call."""
        if backup.state != Backup.State.SUCCESS:
            return []
        return [str(reason) for reason in reasons_against(backup=backup, product=backup.subscription)]
