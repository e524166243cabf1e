"""What invoicing adds to the first page of the admin."""


def register() -> None:
    """Staff see what waits about invoices, and its pages by topic, from now on."""
