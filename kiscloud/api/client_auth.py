"""By which token a client calls: `Authorization: Bearer td_…`, which it got when its person logged in (S20.3).

A private server that sends a file calls by its cloud ID and authorisation code instead, as name and password.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from config.web import client_address
from kiscloud import limits
from kiscloud.models import Device, PrivateServer
from kiscloud.services.devices import TOKEN, device_by_token
from kiscloud.services.private_servers import server_by_code

SCHEME = "Bearer"
BASIC = "Basic"


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls, as far as the framework is concerned."""

    device: Device
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        """A name for logs."""
        return f"device-{self.device.pk}"


class DeviceAuthentication(BaseAuthentication):
    """A token that nobody revoked and whose time is not over, or 401."""

    def authenticate(self, request: Request) -> tuple[Client, Device]:
        """Client and device. Raises TooMany."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower() or not secret.strip().startswith(TOKEN):
            raise AuthenticationFailed(
                _("Log in first, and send the token as “Authorization: Bearer td_…”."), "no_token"
            )
        device = device_by_token(token=secret.strip())
        if device is None:
            raise AuthenticationFailed(
                _("This log-in is over, or was ended elsewhere. Please log in again."), "token_over"
            )
        limits.client_calls(device.pk)
        return Client(device), device

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """What a 401 asks for."""
        return f'{SCHEME} realm="client"'


@dataclass(frozen=True, slots=True)
class Server:
    """Which private server calls, as far as the framework is concerned."""

    server: PrivateServer
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        """A name for logs."""
        return f"server-{self.server.cloud_id}"


class ServerAuthentication(BaseAuthentication):
    """Cloud ID and authorisation code by HTTP Basic, or 401; 403 where they do not belong together."""

    def authenticate(self, request: Request) -> tuple[Server, PrivateServer]:
        """The server. Raises TooMany, WrongServerCode."""
        scheme, _space, said = request.headers.get("Authorization", "").partition(" ")
        try:
            cloud_id, colon, code = base64.b64decode(said.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            cloud_id, colon, code = "", "", ""
        if scheme.lower() != BASIC.lower() or not colon:
            raise AuthenticationFailed(
                _("Send cloud ID and authorisation code by HTTP Basic, as name and password."), "no_code"
            )
        limits.server_codes(client_address(request._request))
        server = server_by_code(cloud_id=cloud_id, code=code)
        return Server(server), server

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """What a 401 asks for."""
        return f'{BASIC} realm="private server"'


class ServerCodeScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API names it; registered by being imported."""

    target_class = "kiscloud.api.client_auth.ServerAuthentication"
    name = "ServerCode"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """Name and password."""
        words = _("Cloud ID and authorisation code of a private server.")
        return {"type": "http", "scheme": "basic", "description": str(words)}


class DeviceTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API names it; registered by being imported."""

    target_class = "kiscloud.api.client_auth.DeviceAuthentication"
    name = "DeviceToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """A bearer token."""
        words = _("The token of a client, given when its person logged in.")
        return {"type": "http", "scheme": "bearer", "description": str(words)}
