"""An Excel file with one sheet, written row by row into a stream: memory does not grow with the rows. Pure.

Only text and numbers, so there is nothing in it that could run; texts stand in their cells, not in a shared list that
would have to be held until the end.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import IO, Self
from xml.sax.saxutils import escape

Cell = str | Decimal | int
ROWS_MAX = 1_048_576  # what a sheet can hold
FAST = 1  # of the compressions: the file is fetched once and thrown away
# XML 1.0 knows no way to write these, escaped or not.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class Worksheet:
    """`with Worksheet(file, "title", widths=[…]) as sheet: sheet.append([…])`; the first row stays in sight."""

    def __init__(self, target: IO[bytes], title: str, *, widths: Sequence[int]) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST)
        book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        book += f'<sheet name="{_text(title, quoted=True)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        for name, content in {**_PARTS, "xl/workbook.xml": book}.items():
            self._archive.writestr(name, _HEAD + content)
        self._sheet = self._archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
            for place, width in enumerate(widths, 1)
        )
        frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        view = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        self._write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{view}<cols>{columns}</cols><sheetData>')

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The file is whole, unless something went wrong before."""
        if kind is None:
            self._write("</sheetData></worksheet>")
        self._sheet.close()
        self._archive.close()

    def append(self, cells: Iterable[Cell]) -> None:
        """One row more."""
        self._write(f"<row>{''.join(map(_cell, cells))}</row>")

    def _write(self, text: str) -> None:
        self._sheet.write(text.encode())


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
    return f"<c><v>{value:f}</v></c>" if isinstance(value, Decimal) else f"<c><v>{value}</v></c>"


def _text(value: str, *, quoted: bool = False) -> str:
    return escape(_UNWRITABLE.sub("", value), {'"': "&quot;"} if quoted else {})
