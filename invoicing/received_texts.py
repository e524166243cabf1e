"""What happened to received invoices, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Words

TEXTS: dict[str, Words] = {
    "received.collected": Words(_("Collected %(count)s received invoices for “%(name)s”"), icon="inbox", tone="info"),
    "received.usage_set/1": Words(_("Put %(count)s received invoices back to not used"), icon="undo-2"),
    "received.usage_set/30": Words(_("Put %(count)s received invoices in use"), icon="receipt"),
    "received.usage_set/60": Words(_("Marked %(count)s received invoices as used"), icon="receipt", tone="info"),
    "received.usage_set/65": Words(_("Booked %(count)s received invoices"), icon="book-check", tone="ok"),
    "received.checked/consistent": Words(_("Verified the invoice %(number)s: genuine"), icon="badge-check", tone="ok"),
    "received.checked/mismatch": Words(
        _("Verified the invoice %(number)s: not as it is on record"), icon="badge-x", tone="stop"
    ),
    "received.checked/not_found": Words(
        _("Verified the invoice %(number)s: not on record"), icon="badge-x", tone="stop"
    ),
    "received.checked/reversed": Words(
        _("Verified the invoice %(number)s: taken back by its seller"), icon="badge-x", tone="warn"
    ),
}
