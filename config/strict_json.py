"""JSON that says the same to every reader: no name twice in an object, no NaN, no half of a character."""

import json
from typing import Any


def loads(text: str, **more: Any) -> Any:
    """What the text says. Raises ValueError for anything else, RecursionError where it is too deep."""
    found = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse, **more)
    if "\\ud" in text or "\\uD" in text:
        json.dumps(found, ensure_ascii=False, default=str).encode()
    return found


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of `{"amount": "5", "amount": "6"}` one reader takes the first, another the last."""
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member is there twice")
    return found


def _refuse(constant: str) -> None:
    """NaN and the infinities are not JSON."""
    raise ValueError(constant)
