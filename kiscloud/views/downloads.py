"""Clients to download, without log-in (S2.9)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from config.errors import NotFound
from config.web import page
from kiscloud.agents import platform_of
from kiscloud.file_answers import as_download
from kiscloud.models import Platform, Release
from kiscloud.services.releases import latest_releases

CLIENTS = [platform for platform in Platform if platform != Platform.WEB]


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The latest version for each platform; what fits this device comes first."""
    here = platform_of(request.headers.get("User-Agent", ""))
    stable = {row.platform: row for row in latest_releases()}
    shown = sorted(CLIENTS, key=lambda platform: platform != here)
    rows = [{"platform": one, "release": stable.get(one), "here": one == here} for one in shown]
    newer = [row for row in latest_releases(channel=Release.Channel.BETA) if row.channel == Release.Channel.BETA]
    return page(request, "kiscloud/downloads/list.html", {"rows": rows, "previews": newer})


@login_not_required
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:  # noqa: ARG001
    """The file, or on to the app store that keeps it."""
    release = Release.objects.published().filter(pk=pk).first()
    if release is None:
        raise NotFound()
    if release.address:
        return redirect(release.address)
    name = str(release.file.name).rpartition("/")[2]
    return as_download(release.file.open("rb"), name=name, size=release.size)
