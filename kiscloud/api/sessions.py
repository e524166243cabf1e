"""Clients log in, are handed a person by a ticket, remember things, and go (S20.1–S20.5, S20.11–S20.17)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Door
from accounts.api.inputs import Strict
from accounts.credentials import person_by_password
from accounts.http import actor_at
from accounts.services.second_factor import device_of, verify
from config.api.view import checked
from config.errors import DomainError
from config.web import client_address
from kiscloud import limits
from kiscloud.api.client_base import SELF, TAGS, ClientView, DeviceIn, OpenView
from kiscloud.client_serializers import (
    ClientDeviceOut,
    ClientLaunchOut,
    ClientPreferencesOut,
    ClientSessionOut,
    ClientTokenOut,
)
from kiscloud.services.devices import choose_preferences, clients_of, log_in, log_out, remove_device
from kiscloud.services.tickets import launch


class SecondFactorNeeded(DomainError):
    """Name and password are right; the login also asks for a code from an app."""

    code = "second_factor_needed"
    status = 401
    sentence = _("This login asks for a code. Send the six digits that your authenticator app shows as “code”.")


class LogInIn(DeviceIn):
    """Who logs in, on which client."""

    identifier = serializers.CharField(max_length=254, help_text=_("Mobile number, e-mail or user name."))
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    code = serializers.CharField(
        max_length=6, required=False, allow_blank=True, default="", help_text=_("Where the login asks for one.")
    )
    remember = serializers.BooleanField(
        required=False, default=False, help_text=_("For 90 days instead of half a day. The password is never kept.")
    )


class LaunchIn(DeviceIn):
    """The ticket that the browser handed over."""

    ticket = serializers.CharField(max_length=100)


class PreferencesIn(Strict):
    """What shall be remembered; null forgets."""

    preferences = serializers.DictField(child=serializers.JSONField(allow_null=True))


class LogIn(OpenView):
    """The door of clients."""

    @extend_schema(
        operation_id="client_login",
        tags=TAGS,
        summary=_("Log in a client"),
        description=_(
            "With the name and password of the browser. The answer's token opens everything else. Where the login has "
            "a second factor the first try is answered 401 with “second_factor_needed”: repeat it with the code."
        ),
        request=LogInIn,
        responses={201: ClientTokenOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with the token."""
        said = dict(checked(LogInIn(data=request.data)))
        user = person_by_password(request._request, identifier=said.pop("identifier"), password=said.pop("password"))
        code = said.pop("code").strip()
        if device_of(user=user) is not None:
            if not code:
                raise SecondFactorNeeded()
            verify(user=user, code=code)
        device, token = log_in(actor=actor_at(request._request, Door.API, user=user), **said)
        return Response(ClientTokenOut({"device": device, "token": token}).data, status=201)


class Launch(OpenView):
    """The way from the browser into the client."""

    @extend_schema(
        operation_id="client_launch",
        tags=TAGS,
        summary=_("Enter a set with a launch ticket"),
        description=_("Logs its person in on this client for half a day and enters the set. A ticket works once."),
        request=LaunchIn,
        responses={201: ClientLaunchOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with token and seat."""
        said = checked(LaunchIn(data=request.data))
        limits.launches(client_address(request._request))
        return Response(ClientLaunchOut(launch(**said)).data, status=201)


class Session(ClientView):
    """The log-in of this client."""

    @extend_schema(
        operation_id="client_session_read", tags=TAGS, summary=_("Who is logged in"), responses=ClientSessionOut
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Person and device."""
        return Response(ClientSessionOut(self.device).data)

    @extend_schema(
        operation_id="client_session_end",
        tags=TAGS,
        summary=_("Log out, or switch the user"),
        description=_("The token opens nothing any more, and all seats of this client are free."),
        request=None,
        responses={204: None},
        extensions=SELF,
    )
    def delete(self, request: Request) -> Response:  # noqa: ARG002
        """204."""
        log_out(device=self.device)
        return Response(status=204)


class Devices(ClientView):
    """Clients of the person."""

    @extend_schema(
        operation_id="client_devices_list",
        tags=TAGS,
        summary=_("List your clients"),
        responses=ClientDeviceOut(many=True),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """All of them: a person has few."""
        rows: Any = clients_of(user=self.device.user)
        return Response(ClientDeviceOut(rows, many=True).data)


class OneDevice(ClientView):
    """One of them."""

    @extend_schema(
        operation_id="client_devices_remove",
        tags=TAGS,
        summary=_("Remove a client"),
        description=_("Call it for the own one when it is uninstalled. Its token is revoked and its seats are free."),
        request=None,
        responses={204: None},
        extensions=SELF,
    )
    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """204."""
        remove_device(actor=self.actor, device_id=pk)
        return Response(status=204)


class Preferences(ClientView):
    """Mapped printers, shortcuts, input method."""

    @extend_schema(
        operation_id="client_preferences_read",
        tags=TAGS,
        summary=_("Read what this device remembers"),
        responses=ClientPreferencesOut,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """All of it."""
        return Response(ClientPreferencesOut(self.device).data)

    @extend_schema(
        operation_id="client_preferences_change",
        tags=TAGS,
        summary=_("Let this device remember"),
        description=_("At most 4 KB. Names that are not sent stay as they are; null forgets one."),
        request=PreferencesIn,
        responses=ClientPreferencesOut,
        extensions=SELF,
    )
    def patch(self, request: Request) -> Response:
        """All of it."""
        said = checked(PreferencesIn(data=request.data))
        device = choose_preferences(device=self.device, preferences=said["preferences"])
        return Response(ClientPreferencesOut(device).data)
