"""The help centre: everybody reads the handbook; what a release brought is for people who are logged in (S23)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.nav import NavItem, NavSection
from config.web import page
from kiscloud.handbook.markup import Part, html_of, parts_of
from kiscloud.handbook.pages import changes_of, contents_of, language, neighbours, pages_of
from kiscloud.handbook.search import search

DEEPEST = 3  # headings of this level and above stand in the list of what is on a page


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The contents, and the ways to what else helps."""
    return page(request, "kiscloud/help/index.html", _around(request))


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """One page, with what is on it and the pages before and after."""
    found = pages_of(language()).get(slug)
    if found is None:
        raise NotFound()
    before, after = neighbours(found)
    section = next(section for section, pages in contents_of(language()) if found in pages)
    context = {"shown": found, "html": html_of(found), "headings": _headings(parts_of(found))}
    return page(
        request,
        "kiscloud/help/page.html",
        {**_around(request), **context, "section": section, "before": before, "after": after},
    )


@login_not_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What fits the query; alone for htmx."""
    query = request.GET.get("q", "").strip()[:200]
    context = {"query": query, "hits": search(query, language()) if query else []}
    return page(request, "kiscloud/help/search.html", {**_around(request), **context}, part="_hits.html")


@require_safe
def changes(request: ConsoleRequest) -> HttpResponse:
    """A card for each release (S23.2)."""
    context = {"releases": list(changes_of(language()).values())}
    return page(request, "kiscloud/help/changes.html", {**_around(request), **context})


@require_safe
def change(request: ConsoleRequest, slug: str) -> HttpResponse:
    """What one release brought."""
    found = changes_of(language()).get(slug)
    if found is None:
        raise NotFound()
    return page(request, "kiscloud/help/change.html", {**_around(request), "shown": found, "html": html_of(found)})


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses that search engines may know: those that everybody reads."""
    paths = [reverse("kiscloud:help"), *(reverse("kiscloud:help-page", args=[slug]) for slug in pages_of("en"))]
    context = {"addresses": [f"{settings.SITE_URL}{path}" for path in paths]}
    response = render(request, "kiscloud/help/sitemap.xml", context, content_type="application/xml")
    add_never_cache_headers(response)
    return response


def _around(request: HttpRequest) -> dict[str, Any]:
    """What stands around every page of the help centre."""
    contents = contents_of(language())
    side = [
        NavSection(str(section.label), [_item(request, page.title, "kiscloud:help-page", page.slug) for page in pages])
        for section, pages in contents
    ]
    top = [_item(request, _("Overview"), "kiscloud:help", icon="book-open")]
    if request.user.is_authenticated:
        top.append(_item(request, _("Change log"), "kiscloud:help-changes", icon="history"))
    return {
        "side": [NavSection("", top), *side],
        "side_label": _("Help centre"),
        "contents": contents,
        "outside": settings.HELP_ADDRESSES,
    }


def _item(request: HttpRequest, label: str, name: str, *args: str, icon: str = "") -> NavItem:
    url = reverse(name, args=args)
    return NavItem(label=label, url=url, icon=icon, current=request.path == url)


def _headings(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.anchor and part.level <= DEEPEST]
