"""How the open API answers: `{"errcode": "0000", "description": …, "data": {…}}`, errors in the same envelope.

`errcode` is for programs and never changes; the description is for people, in the language that they accept. Of an
error `data` holds `reference`, by which support finds the call, and `faults`: each wrong field with its reason.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from config.errors import DomainError, InputError
from config.interruptions import is_busy, is_lost
from invoicing.open_api.codes import BY_NUMBER, OK, Code, code_for, code_of

RETRY_SECONDS: Final = 2
NAMES: Final = {"lines": "items", "reason": "redReason", "usage": "expendStatus"}  # of services, in the contract
log = logging.getLogger("invoicing.open_api")


class Faults(InputError):
    """Several wrong fields at once, by their names in the contract."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__(faults[0][0], "; ".join(": ".join(one) for one in faults[:5]))


def answer(data: Any = None, **beside: Any) -> Response:
    """The envelope of success."""
    said = {"errcode": OK, "description": _("Done"), **beside}
    return Response(said if data is None else {**said, "data": data})


def refused(error: Exception, context: Mapping[str, Any]) -> Response:
    """The exception handler: no error leaves a view in any other form. What happened is logged, never what was sent."""
    request = context["request"]
    code, sentence = _read(error)
    if code.status >= 500 and not isinstance(error, DomainError):
        log.log(logging.ERROR if code.status == 500 else logging.WARNING, "open api call failed", exc_info=error)
    if code.status == 500:
        got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    said = document(request, code, sentence, faults=_faults(error))
    return Response(said, status=code.status, headers=_headers(error, code))


def document(
    request: Any, code: Code, sentence: str | Promise, *, faults: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The envelope of an error, all of its members always there."""
    listed = [{"field": name, "message": reason} for name, reason in faults]
    data = {"reference": getattr(request, "reference", ""), "faults": listed}
    return {"errcode": code.number, "description": str(sentence), "data": data}


@csrf_exempt
@login_not_required
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Every address below `/open/` that no view has."""
    code = BY_NUMBER["1304"]
    return JsonResponse(document(request, code, code.meaning), status=code.status)


def _read(error: Exception) -> tuple[Code, str | Promise]:
    if isinstance(error, DomainError):
        return code_of(error), f"{error} {error.hint}" if error.hint else str(error)
    if isinstance(error, Http404):
        code = code_for(404)
    elif isinstance(error, exceptions.APIException):
        code = code_for(error.status_code)
    elif is_busy(error) or is_lost(error):
        code = code_for(503)
    else:
        code = code_for(500)
    return code, code.meaning


def _faults(error: Exception) -> Sequence[tuple[str, str]]:
    if isinstance(error, Faults):
        return error.faults
    return [(NAMES.get(error.field, error.field), str(error))] if isinstance(error, InputError) else ()


def _headers(error: Exception, code: Code) -> dict[str, str]:
    seconds = getattr(error, "facts", {}).get("seconds") or (RETRY_SECONDS if code.status == 503 else 0)
    return {"Retry-After": str(seconds)} if seconds else {}
