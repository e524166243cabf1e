"""What happened to invoices, in words, for the log of either side."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts
from invoicing import change_texts, cloud_texts, issue_texts, received_texts, request_texts

TEXTS: dict[str, Words] = {**issue_texts.TEXTS, **request_texts.TEXTS}
PREFIXES = ("title.", "invoice.", "invoice_request.", "invoice_control.", "red_letter.")
CLOUD = (
    "cloud_order.",
    "tenant.",
    "taxpayer.",
    "entitlement.",
    "credential.",
    "change_request.",
    "received.",
    "package.",
)


def register() -> None:
    """The log speaks of invoices from now on, and can be narrowed to them."""
    add_texts(TEXTS, group=Group("invoices", _("Invoices"), PREFIXES), pages={"invoices": _("invoices")})
    add_texts(change_texts.TEXTS)
    add_texts(received_texts.TEXTS)
    add_texts(cloud_texts.TEXTS, group=Group("invoice_cloud", _("Invoice cloud"), CLOUD), pages={})
