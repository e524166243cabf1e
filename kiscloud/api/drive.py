"""The personal drive for clients (S20.15, S20.16)."""

from typing import Any, BinaryIO, cast

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query, Strict
from accounts.api.schema import envelope
from config.api.view import checked
from kiscloud import policy
from kiscloud.api.client_base import SELF, TAGS, ClientView
from kiscloud.client_serializers import DriveFileOut
from kiscloud.file_answers import as_download
from kiscloud.services.drive import NAME_LENGTH, delete_file, files_of, open_file, store_file, used_by

BYTES = "application/octet-stream"


class BytesParser(BaseParser):
    """The body as it comes, unread."""

    media_type = BYTES

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ARG002
        """The stream."""
        return stream


class NameQuery(Strict):
    """Under which name."""

    name = serializers.CharField(max_length=NAME_LENGTH, trim_whitespace=False)


class Drive(ClientView):
    """The person's files."""

    parser_classes = [BytesParser]
    body_type = BYTES

    @extend_schema(
        operation_id="client_drive_list",
        tags=TAGS,
        summary=_("List your files"),
        parameters=[Query],
        responses=envelope(DriveFileOut),
    )
    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        return self.listing(files_of(user=self.device.user), DriveFileOut, limit=query["limit"], order=("name", "id"))

    @extend_schema(
        operation_id="client_drive_store",
        tags=TAGS,
        summary=_("Store a file"),
        description=_("The body is the file itself, at most 200 MB. A file of the same name is replaced."),
        parameters=[NameQuery],
        request={BYTES: OpenApiTypes.BINARY},
        responses={201: DriveFileOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with the file."""
        said = checked(NameQuery(data=request.query_params.dict()))
        content = cast(BinaryIO, request.data if hasattr(request.data, "read") else request._request)
        stored = store_file(actor=self.actor, name=said["name"], content=content)
        return Response(DriveFileOut(stored).data, status=201)


class DriveRoom(ClientView):
    """How much of it is used."""

    @extend_schema(
        operation_id="client_drive_room",
        tags=TAGS,
        summary=_("How much room is left"),
        responses=inline_serializer(
            "DriveRoom", {"used": serializers.IntegerField(), "most": serializers.IntegerField()}
        ),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """In bytes."""
        return Response({"used": used_by(user=self.device.user), "most": policy.PERSONAL_DRIVE})


class OneFile(ClientView):
    """One of them; 404 for everybody else."""

    @extend_schema(
        operation_id="client_drive_read",
        tags=TAGS,
        summary=_("Download a file"),
        responses={(200, BYTES): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> FileResponse:  # noqa: ARG002
        """The file itself."""
        found, content = open_file(actor=self.actor, file_id=pk)
        return as_download(content, name=found.name, size=found.size)

    @extend_schema(
        operation_id="client_drive_delete",
        tags=TAGS,
        summary=_("Delete a file"),
        request=None,
        responses={204: None},
        extensions=SELF,
    )
    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """204."""
        delete_file(actor=self.actor, file_id=pk)
        return Response(status=204)
