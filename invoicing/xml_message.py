"""The XML message of an issued invoice; `docs/invoice.xsd` describes it. Amounts and dates stand as plain text in it.

Written line by line, so that an invoice of many lines needs no more memory than its own text.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import XMLGenerator

from django.utils import timezone

from invoicing.faces import Face, Line, Party
from invoicing.printed import Printed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE: Final = "urn:tongzhang:invoice:1"


def write(printed: Printed) -> bytes:
    """The message, UTF-8."""
    face, out = printed.face, _Writer()
    with out.element("Invoice", {"xmlns": NAMESPACE}):
        out.fields(
            Number=printed.number,
            Kind=face.kind,
            IssuedAt=timezone.localtime(printed.issued_at).isoformat(timespec="seconds"),
            Drawer=face.drawer,
            Remark=face.remark,
        )
        _party(out, "Seller", face.seller)
        _party(out, "Buyer", face.buyer)
        if face.reverses:
            _red(out, face)
        with out.element("Lines"):
            for seq, line in enumerate(face.lines, 1):
                _line(out, seq, line)
        with out.element("Totals"):
            out.fields(Amount=face.amount, Tax=face.tax, Total=face.total, TotalInWords=printed.total_in_words)
    return out.text()


def _party(out: "_Writer", name: str, party: Party) -> None:
    with out.element(name):
        out.fields(
            Name=party.name,
            TaxNumber=party.tax_number,
            Address=party.address,
            Phone=party.phone,
            Bank=party.bank,
            BankAccount=party.bank_account,
        )


def _red(out: "_Writer", face: Face) -> None:
    with out.element("Reverses"):
        out.fields(Number=face.reverses, ConfirmationForm=face.red_letter, Reason=face.red_reason)


def _line(out: "_Writer", seq: int, line: Line) -> None:
    attributes = {"seq": str(seq), "nature": line.nature}
    if line.reverses is not None:
        attributes["reverses"] = str(line.reverses)
    with out.element("Line", attributes):
        out.fields(
            Name=line.name,
            ClassCode=line.class_code,
            ClassName=line.class_name,
            Specification=line.spec,
            Unit=line.unit,
            Quantity=plain(line.quantity),
            Price=plain(line.price),
            Amount=line.amount,
            Rate=plain(line.rate),
            ZeroRate=line.zero_rate,
            Tax=line.tax,
        )


class _Writer:
    """Elements inside each other, indented; what is empty is left out."""

    def __init__(self) -> None:
        self.file = BytesIO()
        self.xml = XMLGenerator(self.file, encoding="UTF-8", short_empty_elements=True)
        self.xml.startDocument()
        self.depth = 0

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> "Iterator[None]":
        self.xml.ignorableWhitespace("  " * self.depth)
        self.xml.startElement(name, attributes or {})  # type: ignore[arg-type]
        self.xml.ignorableWhitespace("\n")
        self.depth += 1
        yield
        self.depth -= 1
        self.xml.ignorableWhitespace("  " * self.depth)
        self.xml.endElement(name)
        self.xml.ignorableWhitespace("\n")

    def fields(self, **values: Any) -> None:
        for name, value in values.items():
            text = f"{value:.2f}" if isinstance(value, Decimal) else str(value)
            if text:
                self.xml.ignorableWhitespace("  " * self.depth)
                self.xml.startElement(name, {})  # type: ignore[arg-type]
                self.xml.characters(text)
                self.xml.endElement(name)
                self.xml.ignorableWhitespace("\n")

    def text(self) -> bytes:
        return self.file.getvalue()
