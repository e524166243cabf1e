"""The consoles of invoices: for cloud spending, and the invoice cloud."""

from typing import Final

INVOICES: Final = "invoices"
INVOICE_CLOUD: Final = "invoice-cloud"


def register() -> None:
    """They are there from now on."""
