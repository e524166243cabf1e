"""Lists of received invoices that people upload: JSON, CSV or XML, each row by the names of the open API. Pure.

CSV has a line of titles, in Chinese or as the open API names them, in any order. XML is the message that comes with an
issued invoice (`invoicing.xml_message`), or several of them inside one element.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree import ElementTree

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.errors import InputError
from invoicing import policy
from invoicing.open_api.bodies import BodyTooDeep, BodyUnreadable, read_object
from invoicing.xml_message import NAMESPACE

TITLES: Final[dict[str, str]] = {
    "票种": "invoiceType",
    "发票代码": "invoiceCode",
    "发票号码": "invoiceNo",
    "开票日期": "invoiceDate",
    "销方名称": "salerName",
    "销方税号": "salerTaxNo",
    "购方税号": "buyerTaxNo",
    "金额": "invoiceAmount",
    "税额": "totalTaxAmount",
    "价税合计": "totalAmount",
}
NEEDED: Final = frozenset({"invoiceType", "invoiceNo", "invoiceDate", "salerName", "salerTaxNo", "buyerTaxNo"})
KINDS: Final = {
    "special": "01",
    "ordinary": "02",
    "数电专票": "01",
    "数电普票": "02",
    "1": "01",
    "2": "02",
    "3": "03",
    "4": "04",
}
PATHS: Final = {
    "invoiceNo": "Number",
    "invoiceType": "Kind",
    "invoiceDate": "IssuedAt",
    "salerName": "Seller/Name",
    "salerTaxNo": "Seller/TaxNumber",
    "buyerTaxNo": "Buyer/TaxNumber",
    "invoiceAmount": "Totals/Amount",
    "totalTaxAmount": "Totals/Tax",
    "totalAmount": "Totals/Total",
}
Facts = dict[str, Any]


def read_file(content: bytes) -> list[Facts]:
    """The rows, not checked yet. Raises InputError at `file` where the file as a whole cannot be taken."""
    if len(content) > policy.RECEIVED_FILE_BYTES:
        raise _refused(_("The file is larger than %(most)s MB."), most=policy.RECEIVED_FILE_BYTES // 1024 // 1024)
    text = _decoded(content)
    begin = text.lstrip()[:1]
    rows = _json(text) if begin in ("{", "[") else _xml(text) if begin == "<" else list(_csv(text))
    if not rows:
        raise _refused(_("There is no invoice in this file."))
    if len(rows) > policy.COLLECTED_PER_CALL:
        raise _refused(_("At most %(most)s invoices fit into one file. Split it."), most=policy.COLLECTED_PER_CALL)
    return rows


def _refused(sentence: str | Promise, **facts: Any) -> InputError:
    return InputError("file", sentence, **facts)


def _decoded(content: bytes) -> str:
    """Spreadsheet programs in Chinese write GB 18030 unless told otherwise."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused(_("The signs of this file cannot be read. Save it in UTF-8 and try again."))


def _json(text: str) -> list[Facts]:
    """A list, or an object with the list under `invoices`, as the open API takes it."""
    whole = text if text.lstrip().startswith("{") else f'{{"invoices": {text}}}'
    try:
        rows = read_object(whole).get("invoices")
    except (BodyUnreadable, BodyTooDeep, json.JSONDecodeError) as error:
        raise _refused(_("This file cannot be read as JSON.")) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _refused(_("The JSON must be a list of invoices, or an object with the list under “invoices”."))
    return [_kind(row) for row in rows]


def _csv(text: str) -> Iterator[Facts]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        titles = [TITLES.get(title.strip(), title.strip()) for title in next(reader, [])]
        if missing := NEEDED - set(titles):
            columns = ", ".join(chinese for chinese, name in TITLES.items() if name in missing)
            raise _refused(_("The first row must hold the titles. Missing: %(columns)s."), columns=columns)
        yield from _rows(titles, reader)
    except csv.Error as error:
        raise _refused(_("Row %(row)s of this file cannot be read as CSV."), row=reader.line_num) from error


def _rows(titles: list[str], cells: Iterable[list[str]]) -> Iterator[Facts]:
    """Rows that hold anything; one more than fits is enough to know that it is too many."""
    found = 0
    for row in cells:
        if any(cell.strip() for cell in row):
            yield _kind(dict(zip(titles, (cell.strip().lstrip("'") for cell in row), strict=False)))
            found += 1
        if found > policy.COLLECTED_PER_CALL:
            return


def _xml(text: str) -> list[Facts]:
    """Entities and document types are refused unread."""
    if "<!" in text.replace("<!--", ""):
        raise _refused(_("This file cannot be read as XML."))
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  (nothing that expands or leads elsewhere is left in it)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise _refused(_("This file cannot be read as XML.")) from error
    tag = f"{{{NAMESPACE}}}Invoice"
    invoices = [root] if root.tag == tag else root.findall(tag)
    return [_kind(_message(one)) for one in invoices[: policy.COLLECTED_PER_CALL + 1]]


def _message(invoice: ElementTree.Element) -> Facts:
    spaces = {"": NAMESPACE}
    facts = {name: invoice.findtext(path, "", spaces) for name, path in PATHS.items()}
    return facts | {"invoiceDate": facts["invoiceDate"][:10]}


def _kind(row: Facts) -> Facts:
    """Spreadsheet programs drop the zero before a number, and people write names."""
    kind = row.get("invoiceType")
    return row | {"invoiceType": KINDS.get(str(kind).strip(), kind)}
