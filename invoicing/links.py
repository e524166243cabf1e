"""The consoles of invoices: for cloud spending, and the invoice cloud."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Link, Offer, Section, add_product, add_section
from accounts.permissions import Right
from invoicing import cloud_links

INVOICES: Final = "invoices"
INVOICE_CLOUD: Final = cloud_links.INVOICE_CLOUD
SEE: Final = Right.SEE_FINANCE


def register() -> None:
    """They are there from now on."""
    add_product(
        Offer(
            key=INVOICES,
            label=_("Invoices"),
            url_name="invoicing:invoice-list",
            icon="receipt",
            prefix="/invoices/",
            note=_("Invoices for what the cloud costs"),
            right=SEE,
        )
    )
    add_section(INVOICES, Section("", [Link(_("Issued invoices"), "invoicing:invoice-list", "receipt", SEE)]))
    cloud_links.register()
