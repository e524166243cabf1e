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
from kiscloud.models import Backup
from kiscloud.services.sent_backups import TooLarge, find_sent, receive_backup


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
            "The body is the file of one account set, at most 2 GB. It is read as it comes; what its manifest tells is "
            "judged at once, and its rows are looked through afterwards: 202 with the state “creating”. Ask for it by "
            "its SHA-256 until it is “success” or “failed”. The same file sent again is the same backup: 200, or 202 "
            "while it is still looked through, and the body is not read."
        ),
        parameters=[SentQuery],
        request={BYTES: OpenApiTypes.BINARY},
        responses={202: SentBackupOut, 200: SentBackupOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """202 with the backup, 200 once it is complete."""
        said = checked(SentQuery(data=request.query_params.dict()))
        if int(request.META.get("CONTENT_LENGTH") or 0) > policy.SENT_FILE:
            raise TooLarge(most=filesizeformat(policy.SENT_FILE))
        server: Any = request.auth
        content = cast(BinaryIO, request.data if hasattr(request.data, "read") else request._request)
        sent = receive_backup(server=server, content=content, sha256=said["sha256"])
        return Response(
            SentBackupOut(sent.backup).data, status=200 if sent.backup.state == Backup.State.SUCCESS else 202
        )


class SentBackup(ApiView):
    """One of them, by what it is known by."""

    authentication_classes = [ServerAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="private_servers_read_backup",
        tags=TAGS,
        summary=_("Read what became of a backup"),
        description=_("Of the server's product. “failed” says why in `fault`; such a file can be sent again."),
        responses=SentBackupOut,
        extensions=SELF,
    )
    def get(self, request: Request, sha256: str) -> Response:
        """200 with its state."""
        server: Any = request.auth
        return Response(SentBackupOut(find_sent(server=server, sha256=sha256)).data)
