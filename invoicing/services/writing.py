"""Writing an invoice that has its number: the snapshot and all of its lines, once."""

from datetime import datetime
from typing import Any

from config.transactions import atomic
from invoicing.faces import Face, Line
from invoicing.models import Invoice, InvoiceLine, IssueOrder


@atomic
def write_invoice(*, order: IssueOrder, number: str, issued_at: datetime) -> Invoice:
    """The invoice stands with its lines, which come in one statement, as the database demands; nothing changes it.

    For the locked order. It is of the account whose spending it is for, or of the tenant whose system asked.
    """
    face, blue = Face.read(order.face), order.red_letter.invoice if order.red_letter is not None else None
    invoice = Invoice.objects.create(
        issue_order=order,
        number=number,
        kind=face.kind,
        issued_at=issued_at,
        account=order.request.account if order.request is not None else blue.account if blue is not None else None,
        tenant=order.client.tenant if order.client is not None else blue.tenant if blue is not None else None,
        reverses=blue,
        seller_name=face.seller.name,
        seller_tax_number=face.seller.tax_number,
        buyer_name=face.buyer.name,
        buyer_tax_number=face.buyer.tax_number,
        parties={"seller": face.seller.json(), "buyer": face.buyer.json()},
        amount=face.amount,
        tax=face.tax,
        total=face.total,
        remark=face.remark,
        drawer=face.drawer,
    )
    blue_lines = dict(blue.lines.values_list("seq", "pk")) if blue is not None else {}
    rows = [
        InvoiceLine(invoice=invoice, seq=seq, **_fields(line, blue_lines)) for seq, line in enumerate(face.lines, 1)
    ]
    InvoiceLine.objects.bulk_create(rows, batch_size=len(rows))
    return invoice


def _fields(line: Line, blue_lines: dict[int, int]) -> dict[str, Any]:
    return {
        "nature": line.nature,
        "name": line.name,
        "class_code": line.class_code,
        "class_name": line.class_name,
        "spec": line.spec,
        "unit": line.unit,
        "quantity": line.quantity,
        "price": line.price,
        "amount": line.amount,
        "rate": line.rate,
        "zero_rate": line.zero_rate,
        "tax": line.tax,
        "reverses_id": blue_lines[line.reverses] if line.reverses is not None else None,
    }
