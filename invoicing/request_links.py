"""The console “Invoices” with its links."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.navigation import Link, Offer, Section, add_product, add_section
from accounts.permissions import Right
from invoicing.models import InvoiceControl
from invoicing.red_reports import to_answer

INVOICES: Final = "invoices"
SEE: Final = Right.SEE_FINANCE


def _proposals(account: Account) -> int:
    """Proposals that wait for this account's answer."""
    waiting = InvoiceControl.objects.filter(state=InvoiceControl.State.PROPOSED, relationship__member=account)
    return waiting.count()


def register() -> None:
    """It is in the switcher from now on."""
    add_product(
        Offer(
            key=INVOICES,
            label=_("Invoices"),
            url_name="invoicing:overview",
            icon="receipt-text",
            prefix="/invoices/",
            note=_("Request invoices for what this account and its members paid"),
            right=SEE,
        )
    )
    links = [
        Link(_("Overview"), "invoicing:overview", "gauge", SEE),
        Link(_("Invoice requests"), "invoicing:request-list", "file-plus", SEE),
        Link(_("Issued invoices"), "invoicing:invoice-list", "receipt", SEE),
        Link(_("Red letters"), "invoicing:red-letter-list", "undo-2", SEE, waiting=to_answer),
        Link(_("Invoices of members"), "invoicing:member-list", "users", SEE),
    ]
    kept = [
        Link(_("Titles"), "invoicing:title-list", "stamp", SEE),
        Link(_("Who requests invoices"), "invoicing:control-list", "handshake", SEE, waiting=_proposals),
    ]
    add_section(INVOICES, Section("", links))
    add_section(INVOICES, Section(_("Rules"), kept))
