"""Who issues invoices for cloud spending: the vendor that runs this installation."""

from django.conf import settings

from invoicing.faces import Party


def vendor() -> Party:
    """The seller of everything that the accounts are billed for, from the settings `SELLER_…`."""
    return Party.read(settings.SELLER)


def drawer() -> str:
    """Who is printed as having drawn the invoice."""
    return str(settings.SELLER["drawer"])
