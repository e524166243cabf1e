"""What every page request passes through: its id, the health probes, refusals; and the helper that answers a page."""

import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from config import health
from config.errors import Busy, DomainError
from config.interruptions import is_busy
from config.logs import redact, request_id

Handler = Callable[[HttpRequest], HttpResponse]
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
BUSY_SECONDS = 2
_ID_SIGNS = "23456789abcdefghjkmnpqrstvwxyz"  # none that people mistake for another on the telephone
_FOREIGN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
log = logging.getLogger("config.request")


class RequestId:
    """Names the request, on the answer, in every log line and on error pages, and logs how it ended."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = _given_id(request) or new_reference()
        request.reference = reference  # type: ignore[attr-defined]
        token, begun = request_id.set(reference), time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = reference
            if not settings.DEBUG and not request.path.startswith(health.PATHS):
                _log_end(request, response, begun)
            return response
        finally:
            request_id.reset(token)


def new_reference() -> str:
    """Twelve signs in three groups: short enough to read out, 58 bits long."""
    signs = [secrets.choice(_ID_SIGNS) for _ in range(12)]
    return "-".join("".join(signs[start : start + 4]) for start in (0, 4, 8))


def _given_id(request: HttpRequest) -> str:
    """The id of our own proxy; a client's own would let it write into our logs."""
    given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return given if _FOREIGN_ID.fullmatch(given) else ""


def _log_end(request: HttpRequest, response: HttpResponse, begun: float) -> None:
    extra = {
        "method": request.method,
        "path": redact(request.path),  # never the query string: it may hold anything
        "status": response.status_code,
        "ms": round((time.perf_counter() - begun) * 1000, 1),
        "address": client_address(request),
    }
    log.info("request", extra=extra)


class Health:
    """Answers `/healthz` (this process lives) and `/readyz` (it can serve) before any host check or redirect."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == health.ALIVE:
            return JsonResponse({"status": "ok"})
        if request.path == health.READY:
            checks = health.readiness()
            ready = all(word == "ok" for word in checks.values())
            body = {"status": "ok" if ready else "unavailable", "checks": checks}
            return JsonResponse(body, status=200 if ready else 503)
        return self.get_response(request)


class Refusals:
    """A `DomainError` that a view let through becomes a page with the sentence, what to do next, and the rule's id.

    So does a database that was too busy.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The refusal as an answer; anything else, and everything of the API, is somebody else's."""
        if request.path.startswith("/api/"):
            return None
        if is_busy(error):
            log.warning("the database was busy", exc_info=error)
            error = Busy(seconds=BUSY_SECONDS)
        return refusal(request, error) if isinstance(error, DomainError) else None


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page, or for htmx the notice, that says no."""
    context = {
        "sentence": str(error),
        "hint": error.hint,
        "rule": error.rule,
        "code": error.code,
        "status": error.status,
        "frame": "console.html" if _known(request) else "bare.html",
    }
    template = "errors/_refusal.html" if _wants_part(request) else "errors/refusal.html"
    response = render(request, template, context, status=error.status)
    if seconds := error.facts.get("seconds"):
        response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page; or, where htmx asks and the view names a `part` (`_rows.html`, beside the template), only that.

    Nothing of it is kept by a browser or a proxy. Pending messages ride along with a part. A whole page that htmx was
    led to by a redirect (the log-in, when the session has ended) is opened as a page rather than put into a corner.
    """
    wants_part = _wants_part(request)
    if wants_part and part is None and request.method == "GET" and status == 200:
        response = HttpResponse(headers={"HX-Redirect": request.get_full_path()})
    elif wants_part and part is not None:
        response = render(request, _beside(template, part), context, status=status)
        if messages.get_messages(request):
            response.write(render_to_string("ui/messages.html", {"oob": True}, request))
    else:
        response = render(request, template, context, status=status)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _beside(template: str, part: str) -> str:
    return part if "/" in part else f"{template.rpartition('/')[0]}/{part}"


def _wants_part(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def _known(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


def theme(request: HttpRequest) -> str:
    """`auto`, `light` or `dark`, as the person chose; the server draws it, so that no page flashes."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what every page may name."""
    return {
        "site_name": settings.SITE_NAME,
        "support_contact": settings.SUPPORT_CONTACT,
        "reference": getattr(request, "reference", ""),
        "theme": theme(request),
        "debug": settings.DEBUG,
        "is_trial": settings.TRIAL_ENVIRONMENT,
        "other_environment": settings.OTHER_ENVIRONMENT_URL,
    }


def own_address(request: HttpRequest, target: str) -> str:
    """The target, if it is a whole path on this site; else nothing."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe and target.startswith("/") else ""


def client_address(request: HttpRequest) -> str:
    """The client's IP address: what the outermost proxy of ours saw, else the peer's; never one a client wrote."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        peer = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(peer))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  (a unix socket, or nonsense: one bucket for all of them)
