"""The files of an issued invoice: those that the tax platform gave, else drawn by the project itself."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from config.errors import NotFound
from invoicing import pdf, xml_message
from invoicing.faces import Face, Line, Party
from invoicing.models import Invoice, InvoiceFile, InvoiceLine, IssueOrder
from invoicing.printed import Printed

Form = InvoiceFile.Form
TYPES: Final = {Form.PDF: "application/pdf", Form.XML: "application/xml", Form.OFD: "application/ofd"}
DRAWN: Final = {Form.PDF: pdf.draw, Form.XML: xml_message.write}


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


def forms_of(invoice: Invoice) -> Collection[str]:
    """In which forms there is a file of it."""
    given = InvoiceFile.objects.filter(invoice=invoice).values_list("form", flat=True)
    return [form for form in Form.values if form in {*DRAWN, *given}]


def file_of(invoice: Invoice, form: str) -> File:
    """The file in that form; NotFound where only the platform could give it and has not."""
    given = InvoiceFile.objects.filter(invoice=invoice, form=form).values_list("content", flat=True).first()
    if given is None and form not in DRAWN:
        raise NotFound()
    content = bytes(given) if given is not None else DRAWN[Form(form)](printed_of(invoice))
    return File(f"dzfp_{invoice.number}.{form}", TYPES[Form(form)], content)
