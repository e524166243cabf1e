"""The consoles of invoices: for cloud spending, and the invoice cloud."""

from typing import Final

from invoicing import cloud_links, request_links

INVOICES: Final = request_links.INVOICES
INVOICE_CLOUD: Final = cloud_links.INVOICE_CLOUD


def register() -> None:
    """They are there from now on."""
    request_links.register()
    cloud_links.register()
