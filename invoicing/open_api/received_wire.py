"""A received invoice by the contract's names; files that people upload use them, too."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from invoicing.open_api.reading import Reading
from invoicing.received_rows import KINDS, ReceivedRow

NAMES: Final = {
    "number": "invoiceNo",
    "code": "invoiceCode",
    "kind": "invoiceType",
    "issued_on": "invoiceDate",
    "seller_name": "salerName",
    "seller_tax_number": "salerTaxNo",
    "buyer_tax_number": "buyerTaxNo",
    "amount": "invoiceAmount",
    "tax": "totalTaxAmount",
}


def read_row(item: Reading) -> ReceivedRow | None:
    """A row as it was sent; nothing where a part of it cannot be read, which then stands in the faults."""
    amount, tax = item.number("invoiceAmount", needed=True), item.number("totalTaxAmount", needed=True)
    total, issued_on = item.number("totalAmount"), item.day("invoiceDate")
    kind = item.choice("invoiceType", {code: code for code in KINDS})
    texts = {
        name: item.text(NAMES[name], needed=name != "code", most=100)
        for name in ("number", "code", "seller_name", "seller_tax_number", "buyer_tax_number")
    }
    if amount is None or tax is None or issued_on is None or kind is None:
        return None
    if total is not None and total != amount + tax:
        item.fault("totalAmount", _("Amount and tax add up to %(sum)s."), sum=amount + tax)
    return ReceivedRow(kind=kind, issued_on=issued_on, amount=amount, tax=tax, **texts)
