"""The description of the open API and the page that shows it. Both are public: they hold no data."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from config.web import page
from invoicing.open_api.base import REQID
from invoicing.open_api.codes import OK, TABLE

ADDRESSES: Final = "invoicing.open_urls"
SEALED: Final = ("invoice_create",)  # by operation: their body is base64 text
ERROR_REF: Final = {"$ref": "#/components/schemas/Error"}
# Which errors can come where: every call, with a body, with a token.
ALWAYS, BODY, TOKEN = ("429", "503"), ("400", "413", "422"), ("400", "401", "403", "404", "409", "422")
METHODS: Final = ("get", "post")


@login_not_required
@require_safe
def description(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """OpenAPI 3.1, in the language of the caller."""
    return HttpResponse(_written(translation.get_language()), content_type="application/vnd.oai.openapi+json")


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page to read and try the open API, with its table of errors."""
    return page(request, "invoicing/open/docs.html", {"codes": TABLE})


@cache
def _written(language: str) -> bytes:
    """Once per language and process: it says the same every time."""
    with translation.override(language):
        generator = SchemaGenerator(urlconf=ADDRESSES)  # type: ignore[no-untyped-call]
        described = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        _complete(described)
        text: bytes = OpenApiJsonRenderer().render(described)
    return text


def _complete(described: dict[str, Any]) -> None:
    """What all operations share is said here once."""
    words = _("Issue, take back, receive and verify invoices from a business system.")
    described["info"] |= {"title": _("Open API of the invoice cloud"), "description": words}
    described["components"]["schemas"]["Error"] = _error_schema()
    for operation in _operations(described):
        calls = operation["operationId"] != "token"
        statuses = {*ALWAYS, *(BODY if "requestBody" in operation else ()), *(TOKEN if calls else ("401", "403"))}
        for status in statuses:
            content = {"application/json": {"schema": ERROR_REF}}
            operation["responses"][status] = {"description": _meanings(int(status)), "content": content}
        operation["responses"] = dict(sorted(operation["responses"].items()))
        if calls:
            operation.setdefault("parameters", []).append(_reqid_parameter())
        if "requestBody" in operation:
            _set_body(operation)


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in described["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def _set_body(operation: dict[str, Any]) -> None:
    """JSON in plain; of sealed ones the JSON stands in `contentSchema`."""
    (body, *_others) = operation["requestBody"]["content"].values()
    if operation["operationId"] not in SEALED:
        operation["requestBody"] = {"content": {"application/json": {"schema": body["schema"]}}, "required": True}
        return
    sealed = {
        "type": "string",
        "contentEncoding": "base64",
        "contentMediaType": "application/json",
        "contentSchema": body["schema"],
        "description": "base64(AES-128-ECB-PKCS5(JSON, encrypt key))",
    }
    operation["requestBody"] = {"content": {"text/plain": {"schema": sealed}}, "required": True}


def _meanings(status: int) -> str:
    return " ".join(f"{code.number}: {code.meaning}" for code in TABLE if code.status == status)


def _reqid_parameter() -> dict[str, Any]:
    return {
        "in": "query",
        "name": "reqid",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{REQID.pattern}$"},
        "description": _("The time in milliseconds and three random digits; names the call."),
    }


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    fault = {"type": "object", "required": ["field", "message"], "properties": {"field": text, "message": text}}
    data = {
        "type": "object",
        "required": ["reference", "faults"],
        "properties": {
            "reference": {**text, "description": _("Names the call to support.")},
            "faults": {"type": "array", "items": fault, "description": _("Each wrong field with its reason.")},
        },
    }
    numbers = [code.number for code in TABLE]
    return {
        "type": "object",
        "description": _("Every errcode but %(ok)s is an error.") % {"ok": OK},
        "required": ["errcode", "description", "data"],
        "properties": {
            "errcode": {**text, "enum": numbers, "description": _("For programs; never changes.")},
            "description": {**text, "description": _("For people, in the language of “Accept-Language”.")},
            "data": data,
        },
    }
