"""The site with its development pages, and views that go wrong in every way."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.csp import csp_override
from config.dev_urls import urlpatterns as dev
from config.errors import DomainError, InputError, NotFound, TooMany
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site
from config.web import client_address, page

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Refused(DomainError):
    code = "refused_here"
    rule = "K4.8"
    sentence = "The invitation has expired."
    hint = "Ask for a new one."


WRONG = {
    "refused": Refused(),
    "input": InputError("amount", "Too much."),
    "outside": NotFound(),
    "many": TooMany(seconds=42),
    "forbidden": PermissionDenied(),
    "broken": RuntimeError("a secret reason"),
}


@login_not_required
def wrong(request: HttpRequest, how: str) -> HttpResponse:
    raise WRONG[how]


@login_not_required
def shown(request: HttpRequest) -> HttpResponse:
    return page(request, "dev/look/empty.html", {}, part="ui/skeleton.html")


@login_not_required
def whole(request: HttpRequest) -> HttpResponse:
    return page(request, "dev/look/empty.html")


@login_not_required
@csp_override({"default-src": ["'self'"]})
def other_policy(request: HttpRequest) -> HttpResponse:
    return HttpResponse("other")


@login_not_required
def address(request: HttpRequest) -> HttpResponse:
    return HttpResponse(client_address(request))


urlpatterns = [
    path("api/wrong/<str:how>/", wrong),  # before the site's own answer for whatever it does not know there
    *site,
    *(path(f"dev/{entry.pattern}", entry.callback, name=entry.name or "") for entry in dev),
    path("wrong/<str:how>/", wrong),
    path("shown/", shown),
    path("whole/", whole),
    path("policy/", other_policy),
    path("address/", address),
]
