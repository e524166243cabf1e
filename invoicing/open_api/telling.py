"""What is told of invoices, in the contract's names and codes: the way back from `wire`."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from invoicing.entitlement_reports import standing_of
from invoicing.faces import Face
from invoicing.invoice_links import draw_link
from invoicing.models import Entitlement, IssueOrder, ReceivedInvoice, RedLetter
from invoicing.open_api.wire import KINDS, TOTALS

ISSUED, REFUSED = "2", "3"
STATUSES: Final = {
    IssueOrder.State.WAITING: "0",
    IssueOrder.State.SENDING: "1",
    IssueOrder.State.UNCLEAR: "1",
    IssueOrder.State.ACCEPTED: "1",
    IssueOrder.State.ISSUED: ISSUED,
    IssueOrder.State.FAILED: REFUSED,
}
OVER: Final = frozenset(RedLetter.State) - {*RedLetter.READY, *RedLetter.WAITS}
_TOLD: Final = {kind: code for code, kind in KINDS.items()}


def order_data(order: IssueOrder) -> dict[str, Any]:
    """An order: where it is, and its invoice once there is one, with links to its files that need no log-in."""
    face, invoice = Face.read(order.face), getattr(order, "invoice", None)
    link = f"{settings.SITE_URL}{draw_link(invoice)}" if invoice else ""
    return {
        "serialNo": order.serial,
        "status": STATUSES[IssueOrder.State(order.state)],
        "type": "1" if face.reverses else "0",
        "invoiceType": _TOLD.get(face.kind, ""),
        "invoiceCode": "",
        "invoiceNo": invoice.number if invoice else "",
        "invoiceDate": _moment(invoice.issued_at) if invoice else "",
        "salerTaxNo": face.seller.tax_number,
        "buyerName": face.buyer.name,
        "originalInvoiceNo": face.reverses,
        "redFormNo": face.red_letter,
        "redFormState": order.red_letter.state if order.red_letter is not None else "",
        "pdfUrl": f"{link}pdf/" if link else "",
        "xmlUrl": f"{link}xml/" if link else "",
        "failCode": order.fault,
        "failReason": order.message,
        **{name: f"{getattr(face, field):f}" for field, name in TOTALS.items()},
    }


def letter_data(letter: RedLetter, at: datetime) -> dict[str, Any]:
    """A red letter: its red invoice's order, or whom it waits for, or how it ended."""
    order = getattr(letter, "issue_order", None)
    if order is not None:
        return order_data(order)
    state, blue = letter.state_at(at=at), letter.invoice
    return {
        "serialNo": letter.serial,
        "status": REFUSED if state in OVER else "0",
        "type": "1",
        "invoiceType": _TOLD.get(blue.kind, ""),
        "invoiceCode": "",
        "invoiceNo": "",
        "invoiceDate": "",
        "salerTaxNo": blue.seller_tax_number,
        "buyerName": blue.buyer_name,
        "originalInvoiceNo": blue.number,
        "redFormNo": letter.number,
        "redFormState": state.value,
        "pdfUrl": "",
        "xmlUrl": "",
        "failCode": "",
        "failReason": str(state.label) if state in OVER else "",
        "invoiceAmount": f"{letter.amount:f}",
        "totalTaxAmount": f"{letter.tax:f}",
        "totalAmount": f"{letter.amount + letter.tax:f}",
    }


def received_data(invoice: ReceivedInvoice) -> dict[str, Any]:
    """A received invoice with its use and what the verification said."""
    return {
        "invoiceType": invoice.kind,
        "invoiceCode": invoice.code,
        "invoiceNo": invoice.number,
        "invoiceDate": f"{invoice.issued_on:%Y-%m-%d}",
        "salerName": invoice.seller_name,
        "salerTaxNo": invoice.seller_tax_number,
        "buyerTaxNo": invoice.taxpayer.tax_number,
        "invoiceAmount": f"{invoice.amount:f}",
        "totalTaxAmount": f"{invoice.tax:f}",
        "totalAmount": f"{invoice.total:f}",
        "expendStatus": str(invoice.usage),
        "checkStatus": str(invoice.check_state),
        "checkResult": invoice.check_result,
        "checkTime": _moment(invoice.checked_at) if invoice.checked_at else "",
    }


def entitlement_data(entitlement: Entitlement, at: datetime) -> dict[str, Any]:
    """An entitlement and how much of it is left."""
    return {
        "taxNo": entitlement.taxpayer.tax_number,
        "name": entitlement.taxpayer.name,
        "service": entitlement.service,
        "granted": entitlement.granted,
        "used": entitlement.used,
        "left": entitlement.left,
        "priority": entitlement.priority,
        "startTime": _moment(entitlement.starts_at),
        "endTime": _moment(entitlement.expires_at),
        "standing": standing_of(entitlement, at),
    }


def _moment(at: datetime) -> str:
    """Beijing time, as the contract writes it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
