"""Lists have an end: key-set paging, whose last page costs what its first does and which never skips a row that moved.

The cursor names the values of the row beside which to go on, so nothing is counted and nothing is skipped over.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.errors import InputError

PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One screen of a list. The links are query strings (`?after=…`), empty where there is nothing further."""

    items: Sequence[Row]
    next: str = ""
    previous: str = ""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)


def paginate(
    queryset: "QuerySet[Any, Row]",
    request: HttpRequest,
    *,
    order: Sequence[str] = ("-created_at", "-id"),
    size: int = PAGE_SIZE,
    strict: bool = False,
) -> Page[Row]:
    """The page that the address asks for, by one query.

    `order` must end in something unique and name columns that are never null. A cursor that means nothing, from an old
    bookmark or a curious hand, shows the first page; where `strict`, for programs, it is refused (InputError).
    """
    back = "before" in request.GET and "after" not in request.GET
    side = "before" if back else "after"
    at = _decode(queryset, order, request.GET.get(side, ""))
    if strict and at is None and side in request.GET:
        raise InputError(side, _("This is no place in the list. Follow “next” and “previous” as they were given."))
    if at is None:
        back = False
    rows = _rows(queryset, order, at, back=back, limit=size + 1)
    more, rows = len(rows) > size, rows[:size]
    if back and not more:  # fewer than a page were left before it: this is the beginning
        rows, back, at = _rows(queryset, order, None, back=False, limit=size + 1), False, None
        more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    has_next, has_previous = (True, more) if back else (more, at is not None)
    return Page(
        items=rows,
        next=_link(request, "after", rows[-1], order) if has_next and rows else "",
        previous=_link(request, "before", rows[0], order) if has_previous and rows else "",
    )


def _rows(queryset: Any, order: Sequence[str], at: list[Any] | None, *, back: bool, limit: int) -> list[Any]:
    if at is not None:
        queryset = queryset.filter(_beyond(order, at, back=back))
    return list(queryset.order_by(*([_turned(name) for name in order] if back else order))[:limit])


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], at: list[Any], *, back: bool) -> Q:
    """Rows after these values: greater in the first column, or equal there and greater in the second, and so on."""
    condition, equal = Q(), Q()
    for name, value in zip(order, at, strict=True):
        column, falling = name.lstrip("-"), name.startswith("-")
        condition |= equal & Q(**{f"{column}__{'lt' if falling != back else 'gt'}": value})
        equal &= Q(**{column: value})
    return condition


def _link(request: HttpRequest, side: str, row: Any, order: Sequence[str]) -> str:
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    values = [_value(row, name.lstrip("-")) for name in order]
    text = json.dumps(values, default=_plain, ensure_ascii=False, separators=(",", ":"))
    query[side] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"?{query.urlencode()}"


def _value(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row[path]
    if "__" in path and hasattr(row, path):  # an annotation of that name
        return getattr(row, path)
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"cannot page by a {type(value).__name__}")


def _decode(queryset: Any, order: Sequence[str], cursor: str) -> list[Any] | None:
    if not cursor:
        return None
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        fields = [_field(queryset, name.lstrip("-")) for name in order]
        if not isinstance(raw, list) or len(raw) != len(fields) or any(isinstance(v, dict | list) for v in raw):
            return None
        values = [_storable(field.to_python(value)) for field, value in zip(fields, raw, strict=True)]
    except (ValueError, ValidationError, binascii.Error, TypeError, ArithmeticError, RecursionError):
        return None
    return None if any(value is None or "\x00" in str(value) for value in values) else values


def _storable(value: Any) -> Any:
    """The value as the database can compare it; a time without a zone, or beyond its calendar, is none of ours."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("naive")
        return value.astimezone(UTC)
    return value


def _field(queryset: Any, path: str) -> "Field[Any, Any]":
    if path in queryset.query.annotations:
        found: Field[Any, Any] = queryset.query.annotations[path].output_field
        return found
    model: type[Model] = queryset.model
    *relations, last = path.split("__")
    for name in relations:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    try:
        field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    except FieldDoesNotExist as error:
        raise ValueError(path) from error
    return field  # type: ignore[return-value]
