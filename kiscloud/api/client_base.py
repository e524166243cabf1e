"""What the views for clients and private servers share."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated

from accounts.actors import Actor, Door
from accounts.api.inputs import Strict
from accounts.http import actor_at
from config.api.schema import SELF_REPEATING
from config.api.view import ApiView
from kiscloud.api.client_auth import DeviceAuthentication
from kiscloud.models import Device, Platform

TAGS = ["client"]
SELF: dict[str, Any] = {SELF_REPEATING: True}
CLIENTS = [(value, label) for value, label in Platform.choices if value != Platform.WEB]
ID_MOST = 2**63 - 1


class OpenView(ApiView):
    """Without log-in."""

    authentication_classes = []
    permission_classes = [AllowAny]


class ClientView(ApiView):
    """Behind the token of a client."""

    authentication_classes = [DeviceAuthentication]
    permission_classes = [IsAuthenticated]

    @property
    def device(self) -> Device:
        """The client that calls."""
        return cast(Device, self.request.auth)

    @property
    def actor(self) -> Actor:
        """Its person, as the services see the call."""
        return actor_at(self.request._request, Door.API, user=self.device.user)


class DeviceIn(Strict):
    """The client that calls, as it describes itself."""

    installation = serializers.RegexField(
        r"^[A-Za-z0-9_-]{8,64}\Z", help_text=_("Drawn once when it was installed; the same after every update.")
    )
    platform = serializers.ChoiceField(CLIENTS)
    name = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text=_("As its person knows it.")
    )
    version = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
