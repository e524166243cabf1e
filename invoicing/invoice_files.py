"""The files of an issued invoice: those that are kept (`services.invoice_files`), else drawn on the spot."""

import logging
from dataclasses import dataclass
from typing import Final

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from invoicing import pdf, xml_message
from invoicing.faces import Face, Line, Party
from invoicing.models import Invoice, InvoiceFile, InvoiceLine, IssueOrder
from invoicing.printed import Printed

Form = InvoiceFile.Form
TYPES: Final = {Form.PDF: "application/pdf", Form.XML: "application/xml"}
DRAWN: Final = {Form.PDF: pdf.draw, Form.XML: xml_message.write}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """A file with its name and type."""

    name: str
    content_type: str
    content: bytes

    def answer(self) -> HttpResponse:
        """To be saved, and kept by nobody on the way."""
        response = HttpResponse(self.content, content_type=self.content_type)
        response.headers["Content-Disposition"] = content_disposition_header(True, self.name) or ""
        response.headers["Cache-Control"] = "no-store"
        return response


def printed_of(invoice: Invoice) -> Printed:
    """The invoice as it is printed; two queries, besides the one for what it takes back."""
    order = IssueOrder.objects.filter(pk=invoice.issue_order_id)
    facts = order.values("face__extra", "face__red_letter", "face__red_reason").get()
    lines = InvoiceLine.objects.filter(invoice=invoice).order_by("seq").select_related("reverses")
    face = Face(
        kind=invoice.kind,
        seller=_party(invoice, "seller"),
        buyer=_party(invoice, "buyer"),
        lines=tuple(map(_line, lines)),
        drawer=invoice.drawer,
        remark=invoice.remark,
        reverses=invoice.reverses.number if invoice.reverses else "",
        red_letter=facts["face__red_letter"] or "",
        red_reason=facts["face__red_reason"] or "",
        extra=facts["face__extra"] or {},
    )
    return Printed(invoice.number, invoice.issued_at, face)


def _party(invoice: Invoice, side: str) -> Party:
    named = {"name": getattr(invoice, f"{side}_name"), "tax_number": getattr(invoice, f"{side}_tax_number")}
    return Party.read({**invoice.parties.get(side, {}), **named})


def _line(row: InvoiceLine) -> Line:
    return Line(
        name=row.name,
        class_code=row.class_code,
        class_name=row.class_name,
        amount=row.amount,
        rate=row.rate,
        tax=row.tax,
        spec=row.spec,
        unit=row.unit,
        quantity=row.quantity,
        price=row.price,
        zero_rate=row.zero_rate,
        nature=row.nature,
        reverses=row.reverses.seq if row.reverses else None,
    )


def file_of(invoice: Invoice, form: str) -> File:
    """The file in that form: the one that is kept, else a drawn one, until there is one or while it cannot be read."""
    content = _kept(invoice, form) or drawn(invoice, form)
    return File(f"dzfp_{invoice.number}.{form}", TYPES[Form(form)], content)


def drawn(invoice: Invoice, form: str) -> bytes:
    """As the project draws it."""
    return DRAWN[Form(form)](printed_of(invoice))


def _kept(invoice: Invoice, form: str) -> bytes | None:
    name = InvoiceFile.objects.filter(invoice=invoice, form=form).values_list("file", flat=True).first()
    if name is None:
        return None
    try:
        with default_storage.open(name) as file:
            content: bytes = file.read()
            return content
    except OSError:
        log.exception("a kept file of an invoice cannot be read", extra={"invoice": invoice.pk, "form": form})
        return None
