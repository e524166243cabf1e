"""A report as a file: CSV or Excel, written as it is sent for."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse

from finance.spreadsheets import CSV_MARK, csv_line, harmless
from finance.worksheet import Cell, Worksheet
from kiscloud.books.services.people import Place

FORMATS = ("csv", "xlsx")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(place: Place, title: str, rows: Iterable[Sequence[Cell]], *, file_format: str) -> HttpResponse:
    """The rows, the first of which are titles, as a file with the set's number and the title in its name."""
    content = _xlsx(title, rows) if file_format == "xlsx" else _csv(rows)
    response = HttpResponse(content, content_type=_TYPES[file_format])
    name = f"{place.account_set.number}-{title}.{file_format}"
    response.headers["Content-Disposition"] = _disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """The sheets, shown by the browser under this name."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = _disposition(f"{name}.pdf", "inline")
    response.headers["Cache-Control"] = "no-store"
    return response


def _disposition(name: str, how: str = "attachment") -> str:
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    return f"{how}; filename*=UTF-8''{quoted}"


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    return (CSV_MARK + "".join(csv_line(row) for row in rows)).encode()


def _xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    target = io.BytesIO()
    taken = list(rows)
    widths = [_width(column) for column in zip(*(row for row in taken if len(row) == len(taken[-1])), strict=True)]
    with Worksheet(target, title[:31], widths=widths) as sheet:
        for row in taken:
            sheet.append([harmless(cell) for cell in row])
    return target.getvalue()


def _width(column: Sequence[Cell]) -> int:
    if any(isinstance(cell, Decimal) for cell in column):
        return 18
    return min(50, max(10, *(2 * len(str(cell)) for cell in column)))
