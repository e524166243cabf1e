"""Versions of clients, for everybody (S2.9, S20.14)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Strict
from config.api.view import checked
from kiscloud.api.client_base import CLIENTS, TAGS, OpenView
from kiscloud.client_serializers import ReleaseCheckOut, ReleasesOut
from kiscloud.models import Release
from kiscloud.services.releases import latest_release, latest_releases, parsed

Channel = Release.Channel


class ReleasesQuery(Strict):
    """Of which channel."""

    channel = serializers.ChoiceField(
        Channel.choices, required=False, default=Channel.STABLE, help_text=_("Previews include what is stable.")
    )


class CheckQuery(ReleasesQuery):
    """What the client is."""

    platform = serializers.ChoiceField(CLIENTS)
    version = serializers.RegexField(r"^[0-9]{1,5}(\.[0-9]{1,5}){1,3}\Z", help_text=_("That it has now."))


class _ReleaseView(OpenView):
    def serializer_context(self) -> dict[str, Any]:
        """Whole addresses."""
        return {"view": self, "link": self._link}

    def _link(self, row: Release) -> str:
        return self.request.build_absolute_uri(reverse("kiscloud:download-file", args=[row.pk]))


class Releases(_ReleaseView):
    """The list of downloads."""

    @extend_schema(
        operation_id="client_releases_list",
        tags=TAGS,
        summary=_("List the latest versions"),
        auth=[],
        parameters=[ReleasesQuery],
        responses=ReleasesOut,
    )
    def get(self, request: Request) -> Response:
        """One for each platform."""
        said = checked(ReleasesQuery(data=request.query_params.dict()))
        rows = latest_releases(channel=said["channel"])
        return Response(ReleasesOut({"data": rows}, context=self.serializer_context()).data)


class Check(_ReleaseView):
    """The client's own question."""

    @extend_schema(
        operation_id="client_releases_check",
        tags=TAGS,
        summary=_("Check for an update"),
        auth=[],
        parameters=[CheckQuery],
        responses=ReleaseCheckOut,
    )
    def get(self, request: Request) -> Response:
        """Whether there is something newer, and what."""
        said = checked(CheckQuery(data=request.query_params.dict()))
        latest = latest_release(platform=said["platform"], channel=said["channel"])
        newer = latest is not None and parsed(version=latest.version) > parsed(version=said["version"])
        return Response(ReleaseCheckOut({"update": newer, "latest": latest}, context=self.serializer_context()).data)
