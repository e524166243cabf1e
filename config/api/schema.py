"""The description of the API: what all of its operations share is said here once."""

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from config.api.problems import MEDIA_TYPE
from config.api.view import KEY_HEADER

WRITES: Final = frozenset({"post", "patch", "delete"})
SELF_REPEATING: Final = "x-self-repeating"  # a write that needs no key: done twice, it is as if done once
PROBLEM_REF: Final = {"$ref": "#/components/schemas/Problem"}


def describe_shared(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """For `POSTPROCESSING_HOOKS`: adds the problem answers to every operation and the key to every write.

    What lies elsewhere than below `/api/` is described by whoever it belongs to.
    """
    if not any(path.startswith("/api/") for path in result["paths"]):
        return result
    result["components"].setdefault("schemas", {})["Problem"] = _problem_schema()
    for path, method, operation in _operations(result):
        for status, words in _answers(path, method, operation).items():
            content = {MEDIA_TYPE: {"schema": PROBLEM_REF}}
            operation["responses"].setdefault(status, {"description": words, "content": content})
        operation["responses"] = dict(sorted(operation["responses"].items()))
        if not operation.pop(SELF_REPEATING, False) and method in WRITES:
            operation.setdefault("parameters", []).append(_key_parameter())
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in result["paths"].items():
        for method, operation in item.items():
            if method in WRITES | {"get"}:
                yield path, method, operation


def _answers(path: str, method: str, operation: dict[str, Any]) -> dict[str, str]:
    answers = {
        "401": _("The key is missing, unknown, revoked or past its end."),
        "403": _("The key lacks the scope, or the account the right."),
        "429": _("Too many calls; “Retry-After” says when to come back."),
        "503": _("The service was busy and did nothing; repeat the request."),
    }
    if "{" in path:
        answers["404"] = _("Nothing here, or not yours to see.")
    if method in WRITES:
        answers["400"] = _("Unreadable, or without an idempotency key.")
        answers["409"] = _("Right, but not possible now; or the key was used for another request.")
        answers["415"] = _("The body is not JSON.")
    if method in WRITES or operation.get("parameters"):
        answers["422"] = _("Some values are not valid; “errors” names them.")
    return answers


def _key_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": KEY_HEADER,
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "description": _("New for each act, the same when it is repeated: the same request gets the first answer."),
    }


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": _("What went wrong (RFC 9457)."),
        "required": ["type", "title", "status", "detail", "code", "rule", "facts", "errors", "instance"],
        "properties": {
            "type": {**text, "description": _("Names the kind of problem; ends with the code.")},
            "title": {**text, "description": _("The same for every problem of this status.")},
            "status": {"type": "integer"},
            "detail": {**text, "description": _("A sentence for people, in the language of “Accept-Language”.")},
            "code": {**text, "description": _("For programs; never changes.")},
            "rule": {**text, "description": _("The business rule behind a refusal, or empty.")},
            "facts": {"type": "object", "additionalProperties": True},
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": text},
                "description": _("Per field of the request, the sentences about it."),
            },
            "instance": {**text, "description": _("The reference of this request; name it to support.")},
        },
    }
