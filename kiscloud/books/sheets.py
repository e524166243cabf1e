"""Sheets of half A4 with a table on them, as vouchers and stock documents are printed; long ones go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from fpdf.enums import Align

from invoicing.canvas import Canvas

T = TypeVar("T")
WIDTH: Final = 210.0
HEIGHT: Final = 140.0
LEFT: Final = 12.0
ROW: Final = 9.0
ROWS: Final = 8  # on one sheet


@dataclass(frozen=True, slots=True)
class Column:
    """One of the table."""

    width: float
    label: str
    align: Align = Align.L


def sheets_of(lines: Sequence[T], rows: int = ROWS) -> list[Sequence[T]]:
    """The lines of each sheet; one without lines has a sheet, too."""
    return [lines[start : start + rows] for start in range(0, len(lines), rows)] or [[]]


def grid(canvas: Canvas, columns: Sequence[Column], top: float, *, rows: int = ROWS, joined: int = 0) -> None:
    """The empty table: labels, so many rows, and one for the sum, in which the first `joined` columns are one."""
    whole, height = sum(column.width for column in columns), ROW * (rows + 2)
    canvas.box(LEFT, top, whole, height)
    for row in range(1, rows + 2):
        canvas.rule(LEFT, top + row * ROW, LEFT + whole, top + row * ROW)
    x = LEFT
    for place, column in enumerate(columns, 1):
        canvas.write(column.label, x, top, column.width, size=10, align=Align.C, height=ROW)
        x += column.width
        if place < len(columns):
            canvas.rule(x, top, x, top + height - (ROW if place < joined else 0))


def cells(canvas: Canvas, columns: Sequence[Column], y: float, texts: Sequence[str]) -> None:
    """A row of the table."""
    x = LEFT
    for column, text in zip(columns, texts, strict=True):
        _fitted(canvas, text, (x + 1.5, y, column.width - 3), column.align)
        x += column.width


def _fitted(canvas: Canvas, text: str, place: tuple[float, float, float], align: Align) -> None:
    """On one line if it fits, else smaller, and on two."""
    x, y, width = place
    if canvas.breadth(text, 9) <= width:
        canvas.write(text, x, y, width, size=9, align=align, height=ROW)
        return
    parts = canvas.wrapped(text, width, 7)[:2]
    first = y + (ROW - 3.7 * len(parts)) / 2
    for row, part in enumerate(parts):
        canvas.write(part, x, first + row * 3.7, width, size=7, align=align, height=3.7)
