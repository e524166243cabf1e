"""Spreadsheets, in and out. Pure: what people upload becomes rows of text, what they take away cannot run anything.

Read: CSV in UTF-8 or GB 18030, and XLSX. Formulas, macros and whatever else is not a plain value are refused. Nothing
is rounded: a cell gives its number as it stands there. In a list of allotments the first three columns are account,
amount and note.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from config.errors import InputError
from finance import policy

COLUMNS = 3
ROWS_MAX = policy.ALLOTMENTS_PER_BATCH_MAX
AMOUNT_TITLES = {"金额", "金额（元）", "金额(元)", "amount", "amount in yuan"}
CSV_MARK = "\ufeff"  # by which spreadsheet programs know UTF-8
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_FOREIGN = ("vbaproject", "/embeddings/", "/activex/", "externallinks/", "/ctrlprops/", "oleobject")


@dataclass(frozen=True, slots=True)
class Cells:
    """The first cells of a row, as text, with its number as the spreadsheet program shows it."""

    number: int
    values: tuple[str, ...]
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty, with its number as the spreadsheet program shows it."""

    number: int
    account: str
    amount: str
    note: str
    formula: bool = False


def read_rows(name: str, content: bytes) -> list[Row]:
    """The rows below the titles. Raises InputError at `file` where the file as a whole cannot be taken."""
    rows = [_row(cells) for cells in read_cells(name, content, columns=COLUMNS, most=ROWS_MAX)]
    if rows and rows[0].amount.lower() in AMOUNT_TITLES | {gettext("amount")}:
        rows = rows[1:]
    if not rows:
        raise _refused(_("There is no row in this file. Put one account into each row, below the titles."))
    if len(rows) > ROWS_MAX:
        raise _refused(_("At most %(most)s rows can be sent at once. Split the file."), most=ROWS_MAX)
    return rows


def _row(cells: Cells) -> Row:
    account, amount, note = cells.values
    return Row(cells.number, account, amount, note, formula=cells.formula or account[:1] == "=" or amount[:1] == "=")


def read_cells(name: str, content: bytes, *, columns: int, most: int) -> list[Cells]:
    """Every row that is not empty, titles too, with so many columns; many more rows than `most` are not even read.

    Raises InputError at `file` where the file as a whole cannot be taken.
    """
    if len(content) > policy.UPLOAD_BYTES_MAX:
        raise _refused(_("The file is larger than %(most)s MB."), most=policy.UPLOAD_BYTES_MAX // 1024 // 1024)
    excel = content.startswith(b"PK\x03\x04")
    if not excel and name.lower().endswith((".xls", ".xlsx", ".xlsm", ".ods")):
        raise _refused(_("This is not an Excel file that can be read. Save it as XLSX or CSV and try again."))
    rows = _xlsx(content, columns, most) if excel else _csv(content, columns, most)
    return [row for row in rows if any(row.values)]


def _refused(sentence: Any, **facts: Any) -> InputError:
    return InputError("file", sentence, **facts)


def _bounded(rows: Iterable[Cells], most: int) -> Iterator[Cells]:
    """Empty rows at the end of a sheet are many and cost little, but not for ever."""
    for count, row in enumerate(rows):
        if count > 20 * most:
            raise _refused(_("This file has too many rows. Remove the empty ones and try again."))
        yield row


def _csv(content: bytes, columns: int, most: int) -> Iterator[Cells]:
    text = _decoded(content)
    if "\x00" in text:
        raise _refused(_("This is not a text file. Save it as CSV or XLSX and try again."))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = (Cells(reader.line_num, _texts(cells, columns)) for cells in reader)
        yield from _bounded(rows, most)
    except csv.Error as error:
        raise _refused(_("Row %(row)s of this file cannot be read as CSV."), row=reader.line_num) from error


def _decoded(content: bytes) -> str:
    """Spreadsheet programs in Chinese write GB 18030 unless told otherwise."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(_("The signs of this file cannot be read. Save it as CSV in UTF-8 and try again."))


def _texts(cells: Iterable[Any], columns: int) -> tuple[str, ...]:
    """As many as there are columns."""
    texts = [_text(cell) for cell in cells][:columns]
    return (*texts, *("" for _column in range(columns - len(texts))))


def _xlsx(content: bytes, columns: int, most: int) -> Iterator[Cells]:
    _refuse_foreign(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False, keep_vba=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_col=columns)
        yield from _bounded((_cells(number, row, columns) for number, row in enumerate(rows, 1)), most)
    except InputError:
        raise
    except Exception as error:  # whatever a broken or made-up file does to the library, the answer is the same
        raise _unreadable() from error


def _unreadable() -> InputError:
    return _refused(_("This Excel file cannot be read. Save it anew as XLSX or CSV and try again."))


def _refuse_foreign(content: bytes) -> None:
    """Macros, embedded things, references to other files, and what unpacks to more than it should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > policy.UPLOAD_UNPACKED_BYTES_MAX or len(parts) > 1000:
                raise _refused(_("This Excel file holds too much. Keep only the list in it and try again."))
            if any(word in part.filename.lower() for part in parts for word in _FOREIGN):
                raise _refused(_("This file holds macros, embedded objects or links to other files. Save only values."))
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                    raise _unreadable()
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError, ValueError) as error:
        raise _unreadable() from error


def _cells(number: int, cells: Iterable[Any], columns: int) -> Cells:
    values = [*cells]
    formula = any(getattr(cell, "data_type", "") == "f" for cell in values)
    return Cells(number, _texts((cell.value for cell in values), columns), formula)


def _text(value: Any) -> str:
    """As people see it: numbers without an exponent, whole ones without a point; an empty cell is an empty text."""
    if value is None or isinstance(value, bool | datetime):
        return "" if value is None else str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet program takes for a formula; numbers stay numbers."""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip().startswith(RISKY) or value.startswith(RISKY) else value
    return value


def csv_line(cells: Iterable[Any]) -> str:
    """One line of a CSV file."""
    line = io.StringIO()
    csv.writer(line).writerow([f"{cell:f}" if isinstance(cell, Decimal) else harmless(cell) for cell in cells])
    return line.getvalue()
