"""The consoles of invoices: for cloud spending, and the invoice cloud."""

from typing import Final

from invoicing import cloud_links

INVOICES: Final = "invoices"
INVOICE_CLOUD: Final = cloud_links.INVOICE_CLOUD


def register() -> None:
    """They are there from now on."""
    cloud_links.register()
