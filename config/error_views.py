"""The pages for what went wrong outside of any rule: 400, 403, 404, 500. They ask the database nothing.

`config.urls` names them as handlers, `CSRF_FAILURE_VIEW` names the one for a form that came without its token.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.api.problems import plain_answer
from config.web import site

Words = tuple[str | Promise, str | Promise]

WORDS: dict[int, Words] = {
    400: (_("This request could not be read"), _("Go back, reload the page and try again.")),
    403: (_("This is not open to you"), _("Ask the owner of the account for the role that it needs.")),
    404: (
        _("There is nothing here"),
        _("The address may be mistyped, or what it showed is not yours to see."),
    ),
    429: (_("Too many requests"), _("Please wait a moment and try again.")),
    500: (
        _("Something went wrong on our side"),
        _("Nothing was done by halves: what you asked for either happened wholly or not at all. Please try again."),
    ),
}
CSRF_WORDS: Words = (
    _("This page had been open for too long"),
    _("Go back, reload it and send the form again. Cookies must be allowed for this site."),
)


def answer(request: HttpRequest, status: int, words: Words | None = None) -> HttpResponse:
    """The error as a page, as a notice for htmx, as JSON for the API."""
    title, sentence = words or WORDS[status]
    context = {**site(request), "status": status, "title": title, "sentence": sentence}
    response: HttpResponse
    if request.path.startswith("/api/"):
        response = plain_answer(request, status)
    elif request.headers.get("HX-Request") == "true":
        response = HttpResponse(render_to_string("errors/_error.html", context), status=status)
    else:
        response = HttpResponse(render_to_string("errors/error.html", context), status=status)
    add_never_cache_headers(response)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """`handler400`"""
    return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """`handler403`"""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """`handler404`"""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`"""
    return answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """`CSRF_FAILURE_VIEW`"""
    return answer(request, 403, CSRF_WORDS)
