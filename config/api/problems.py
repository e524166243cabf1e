"""Everything that goes wrong below `/api/` is answered as a problem document (RFC 9457).

    {"type": "urn:tongzhang:problem:invitation_closed", "title": "…", "status": 409, "detail": "…a sentence…",
     "code": "invitation_closed", "rule": "K4.9", "facts": {}, "errors": {}, "instance": "abcd-efgh-jkmn"}

`code` is for machines and never changes; title, detail and errors are for people, in the language that they accept;
`instance` is the reference under which support finds the request.
"""

import logging
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from config.errors import DomainError, InputError
from config.interruptions import is_busy, is_lost

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:tongzhang:problem:"
Text = str | Promise
log = logging.getLogger("config.api")

TITLES: Final[dict[int, Text]] = {
    400: _("The request could not be read"),
    401: _("A valid API key is needed"),
    403: _("This key may not do that"),
    404: _("There is nothing here"),
    405: _("This address does not offer that method"),
    406: _("That format is not offered"),
    409: _("Not possible now"),
    413: _("The request is too large"),
    415: _("Send JSON"),
    422: _("Some values are not valid"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
    503: _("Please try again in a moment"),
}
# Code and sentence where nobody said anything better.
PLAIN: Final[dict[int, tuple[str, Text]]] = {
    400: ("unreadable", _("The request could not be read. Send JSON in UTF-8.")),
    401: ("key_missing", _("Send an API key: “Authorization: Bearer tz_…”. Keys are made in the console.")),
    403: ("not_allowed", _("This key is not allowed to do this.")),
    404: ("not_found", _("The address is mistyped, or what it names is not yours to see. Addresses end with “/”.")),
    405: ("method_not_allowed", _("The method %(method)s is not offered at this address.")),
    406: ("not_acceptable", _("Answers are JSON only. Leave out “Accept”, or accept application/json.")),
    413: ("too_large", _("The body of the request is larger than this address takes.")),
    415: ("unsupported_media_type", _("Send the body as JSON, with “Content-Type: application/json”.")),
    422: ("invalid", _("Some values are not valid; “errors” names them, each with the reason.")),
    500: (
        "server_error",
        _("The request either happened wholly or not at all. Repeat it with the same idempotency key."),
    ),
    503: ("busy", _("The service was busy, and nothing was done. Repeat the request with the same idempotency key.")),
}
INTERRUPTED: Final[tuple[str, Text]] = (
    "interrupted",
    _(
        "The database broke off. The request either happened wholly or not at all: repeat it with the same "
        "idempotency key."
    ),
)
RETRY_SECONDS: Final = 2


def problem(error: Exception, context: Mapping[str, Any]) -> Response:
    """The `EXCEPTION_HANDLER` of the API: no exception leaves a view in any other form."""
    request = context["request"]
    said = _read(error, request)
    if said["status"] == 503:
        log.warning("api request interrupted", exc_info=error)
    if said["status"] == 500:
        log.exception("api request failed", exc_info=error)
        got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    headers = _headers(error, said)
    return Response(said, status=said["status"], headers=headers, content_type=MEDIA_TYPE)


def plain_answer(request: HttpRequest, status: int) -> HttpResponse:
    """The problem document outside of any API view: an address that leads nowhere, a failure before the view."""
    said = document(request, status, *PLAIN.get(status, PLAIN[500]))
    return JsonResponse(said, status=status, encoder=JSONEncoder, content_type=MEDIA_TYPE)


@csrf_exempt
@login_not_required
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Every address below `/api/` that no view has; without a slash at its end, too, so that no body is lost."""
    return plain_answer(request, 404)


def document(
    request: Any,
    status: int,
    code: str,
    detail: Text,
    *,
    rule: str = "",
    facts: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    """The members of the problem document, all of them always there."""
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": str(TITLES.get(status, TITLES[500])),
        "status": status,
        "detail": str(detail),
        "code": code,
        "rule": rule,
        "facts": plain_facts(facts or {}),
        "errors": dict(errors or {}),
        "instance": getattr(request, "reference", ""),
    }


def plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as text: the encoder would make floats of them."""
    return {name: f"{fact:f}" if isinstance(fact, Decimal) else fact for name, fact in facts.items()}


def _read(error: Exception, request: Any) -> dict[str, Any]:
    if isinstance(error, DomainError):
        return _refusal(error, request)
    if isinstance(error, exceptions.ValidationError):
        return document(request, 422, *PLAIN[422], errors=dict(_flat(error.detail)))
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.PermissionDenied):
        return document(request, error.status_code, _code(error), force_str(error.detail))
    if isinstance(error, exceptions.MethodNotAllowed):
        code, sentence = PLAIN[405]
        return document(request, 405, code, str(sentence) % {"method": request.method})
    if is_lost(error):
        return document(request, 503, *INTERRUPTED)
    status = _status(error)
    return document(request, status, *PLAIN.get(status, PLAIN[500]))


def _status(error: Exception) -> int:
    if isinstance(error, exceptions.APIException):
        return error.status_code if error.status_code in PLAIN else 400
    if is_busy(error):
        return 503
    for kinds, status in _OUTSIDE:
        if isinstance(error, kinds):
            return status
    return 500


_OUTSIDE: Final[tuple[tuple[tuple[type[Exception], ...], int], ...]] = (
    ((Http404,), 404),
    ((PermissionDenied,), 403),
    ((RequestDataTooBig,), 413),
    ((SuspiciousOperation, UnreadablePostError), 400),
)


def _refusal(error: DomainError, request: Any) -> dict[str, Any]:
    errors = {error.field: [str(error)]} if isinstance(error, InputError) else {}
    sentence = f"{error} {error.hint}" if error.hint else str(error)
    return document(request, error.status, error.code, sentence, rule=error.rule, facts=error.facts, errors=errors)


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """`{"points": {1: […]}}` becomes `{"points.1": […]}`; what concerns the whole body stands under “body”."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name == "non_field_errors"
            yield from _flat(inner, path if whole else f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        yield path or "body", [force_str(sentence) for sentence in detail]
    else:
        yield path or "body", [force_str(detail)]


def _headers(error: Exception, said: Mapping[str, Any]) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = header
    if seconds := said["facts"].get("seconds") or (RETRY_SECONDS if said["status"] == 503 else 0):
        headers["Retry-After"] = str(seconds)
    return headers
