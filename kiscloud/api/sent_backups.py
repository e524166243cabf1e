"""Backups that private servers send into the company's drive (S16.5)."""

from typing import Any, BinaryIO, cast

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Strict
from config.api.view import ApiView, checked
from kiscloud import policy
from kiscloud.api.client_auth import ServerAuthentication
from kiscloud.api.client_base import SELF, TAGS
from kiscloud.api.drive import BYTES, BytesParser
from kiscloud.client_serializers import SentBackupOut
from kiscloud.services.sent_backups import TooLarge, receive_backup


class SentQuery(Strict):
    """How it is seen that all of it has arrived, and that it was there before."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", help_text=_("SHA-256 of the file, in small hex digits."))


class SentBackups(ApiView):
    """The private ones of the server's product."""

    authentication_classes = [ServerAuthentication]
    permission_classes = [IsAuthenticated]
    parser_classes = [BytesParser]
    body_type = BYTES

    @extend_schema(
        operation_id="private_servers_send_backup",
        tags=TAGS,
        summary=_("Send a backup"),
        description=_(
            "The body is the file of one account set, at most 2 GB. It is read as it comes, examined as a whole, and "
            "kept only if all of it is right. The same file sent again is the same backup: 200 instead of 201, and "
            "the body is not read."
        ),
        parameters=[SentQuery],
        request={BYTES: OpenApiTypes.BINARY},
        responses={201: SentBackupOut, 200: SentBackupOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with the backup; 200 if it was there."""
        said = checked(SentQuery(data=request.query_params.dict()))
        if int(request.META.get("CONTENT_LENGTH") or 0) > policy.SENT_FILE:
            raise TooLarge(most=filesizeformat(policy.SENT_FILE))
        server: Any = request.auth
        content = cast(BinaryIO, request.data if hasattr(request.data, "read") else request._request)
        sent = receive_backup(server=server, content=content, sha256=said["sha256"])
        return Response(SentBackupOut(sent.backup).data, status=201 if sent.fresh else 200)
