"""Private clouds: registered by an administrator, found by clients, heard of by their servers (S21, S24.9)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Strict
from config.api.view import checked
from config.web import client_address
from kiscloud import limits
from kiscloud.api.client_base import ID_MOST, SELF, TAGS, ClientView, OpenView
from kiscloud.client_serializers import ServerCodeOut, ServerOut, ServerPlaceOut, ServerStateOut
from kiscloud.models import PrivateServer
from kiscloud.services.private_servers import note_private_login, register_server, report_server, server_by_code
from kiscloud.services.switching import switch_to_public

DONGLES_MOST = 100_000


class CodeIn(Strict):
    """Which private cloud, and that one may."""

    cloud_id = serializers.CharField(max_length=20)
    code = serializers.CharField(max_length=40, help_text=_("The authorisation code; dashes and case do not matter."))


class PlaceIn(Strict):
    """Where the server is."""

    reach = serializers.ChoiceField(PrivateServer.Reach.choices)
    endpoint = serializers.CharField(
        max_length=255,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Name or IP address, with the port: 203.0.113.7:8080"),
    )
    version = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class ServerIn(PlaceIn):
    """For which product of a company that the person administers."""

    product = serializers.IntegerField(min_value=1, max_value=ID_MOST)


class ReportIn(CodeIn, PlaceIn):
    """How the server stands."""

    offline = serializers.BooleanField(required=False, default=False, help_text=_("Whether it is in offline mode."))
    dongles = serializers.IntegerField(
        min_value=0, max_value=DONGLES_MOST, required=False, default=0, help_text=_("Users bound to a dongle.")
    )


class Servers(ClientView):
    """Registering one."""

    @extend_schema(
        operation_id="private_servers_register",
        tags=TAGS,
        summary=_("Register a private server"),
        description=_(
            "By an administrator of the company, logged in on the server. Again: the id stays, the code is new."
        ),
        request=ServerIn,
        responses={201: ServerCodeOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with the code."""
        said = dict(checked(ServerIn(data=request.data)))
        server, code = register_server(actor=self.actor, subscription_id=said.pop("product"), **said)
        return Response(ServerCodeOut({"server": server, "code": code}).data, status=201)


class _CodedView(OpenView):
    def _server(self, said: dict[str, Any]) -> PrivateServer:
        """The server of the code, which is counted."""
        limits.server_codes(client_address(self.request._request))
        return server_by_code(cloud_id=said.pop("cloud_id"), code=said.pop("code"))


class LookUp(_CodedView):
    """For clients."""

    @extend_schema(
        operation_id="private_servers_look_up",
        tags=TAGS,
        summary=_("Find a private cloud"),
        description=_("Without log-in: whoever has the id and the code learns where the server is."),
        request=CodeIn,
        responses={200: ServerPlaceOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """200 with the address."""
        return Response(ServerPlaceOut(self._server(dict(checked(CodeIn(data=request.data))))).data)


class Report(_CodedView):
    """For servers."""

    @extend_schema(
        operation_id="private_servers_report",
        tags=TAGS,
        summary=_("Say where the private server is"),
        description=_("By the server itself, when it starts and whenever its address changes."),
        request=ReportIn,
        responses={200: ServerOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """200 with what is kept."""
        said = dict(checked(ReportIn(data=request.data)))
        return Response(ServerOut(report_server(server=self._server(said), **said)).data)


class Switch(_CodedView):
    """For servers: to the public cloud."""

    @extend_schema(
        operation_id="private_servers_switch",
        tags=TAGS,
        summary=_("Change to the public cloud"),
        description=_(
            "Asked for in the private cloud under “System management”. The refusal names the rule and what to do; "
            "after the change, back up to the company's drive and restore in the management centre."
        ),
        request=CodeIn,
        responses={200: ServerStateOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """200 with how the product stands."""
        server = self._server(dict(checked(CodeIn(data=request.data))))
        return Response(ServerStateOut(switch_to_public(server=server)).data)


class LogIns(_CodedView):
    """For servers, too."""

    @extend_schema(
        operation_id="private_servers_log_in",
        tags=TAGS,
        summary=_("Say that somebody has logged in privately"),
        description=_("With the first log-in the product is in use in the private cloud."),
        request=CodeIn,
        responses={200: ServerStateOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """200 with how the product stands."""
        server = self._server(dict(checked(CodeIn(data=request.data))))
        return Response(ServerStateOut(note_private_login(server=server)).data)
