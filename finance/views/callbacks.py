"""Where the payment gateway reports. Anybody can knock; only a signature is heard."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.errors import DomainError
from config.web import client_address
from finance import policy
from finance.services.payments import take_callback

log = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def gateway(request: HttpRequest) -> JsonResponse:
    """200 and what became of it; 401 and 400 have changed nothing; 404 and 409 have told our staff."""
    if request.content_type != "application/json":
        return _refused("callback_unreadable", 400)
    if len(request.body) > policy.GATEWAY_CALLBACK_BYTES_MAX:
        return _refused("callback_unreadable", 413)
    try:
        answer = take_callback(headers=request.headers, body=request.body)
    except DomainError as error:
        log.warning("payment gateway: a message was refused (%s)", error.code, extra={"from": client_address(request)})
        return _refused(error.code, error.status)
    # The database gives a remembered answer back in another order; a repeat is alike to the byte.
    return _not_kept(JsonResponse(answer.body, status=answer.status, json_dumps_params={"sort_keys": True}))


def _refused(code: str, status: int) -> JsonResponse:
    return _not_kept(JsonResponse({"code": code}, status=status))


def _not_kept(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
