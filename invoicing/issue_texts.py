"""What happened to invoices on their way, and to red letters, in words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Words

TEXTS: Final[dict[str, Words]] = {
    "invoice.issued": Words(
        _("The invoice %(number)s over %(total)s yuan was issued to %(buyer)s"), icon="file-check", tone="ok"
    ),
    "invoice.reversed": Words(
        _("The red invoice %(number)s over %(total)s yuan takes back (a part of) %(blue)s"), icon="undo-2", tone="warn"
    ),
    "invoice.failed": Words(
        _("The tax platform did not issue the invoice %(serial)s: %(message)s"), icon="triangle-alert", tone="stop"
    ),
    "invoice.tried_again": Words(_("Sent the invoice %(serial)s to the tax platform once more"), icon="repeat"),
}
