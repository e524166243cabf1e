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
    "invoice.reopened": Words(
        _("What the invoice %(number)s covered, %(total)s yuan, can be requested again"), icon="refresh-cw", tone="info"
    ),
    "invoice.failed": Words(
        _("The tax platform did not issue the invoice %(serial)s: %(message)s"), icon="triangle-alert", tone="stop"
    ),
    "invoice.used": Words(_("Marked the invoice %(number)s as deducted or booked"), icon="stamp", tone="info"),
    "invoice.unused": Words(_("Removed the mark from the invoice %(number)s that it was used"), icon="eraser"),
    "invoice.sent": Words(_("Sent the invoice %(number)s to %(to)s"), icon="send"),
    "invoice.tried_again": Words(_("Sent the invoice %(serial)s to the tax platform once more"), icon="repeat"),
    "red_letter.begun": Words(
        _("Began the red letter %(number)s over %(total)s yuan of invoice %(blue)s"), icon="undo-2"
    ),
    "red_letter.confirmed": Words(
        _("Confirmed the red letter %(number)s of invoice %(blue)s"), icon="circle-check", tone="ok"
    ),
    "red_letter.refused": Words(
        _("Refused the red letter %(number)s of invoice %(blue)s"), icon="circle-x", tone="warn"
    ),
    "red_letter.withdrawn": Words(_("Withdrew the red letter %(number)s of invoice %(blue)s"), icon="circle-x"),
    "red_letter.lapsed": Words(
        _("The red letter %(number)s of invoice %(blue)s was not answered within 72 hours"), icon="clock", tone="warn"
    ),
    "red_letter.voided": Words(
        _("The red letter %(number)s of invoice %(blue)s is void: %(reason)s"), icon="circle-x", tone="stop"
    ),
    "red_letter.impossible": Words(
        _("No red letter fits the refund of %(total)s yuan for order #%(order)s: the next invoice nets it"),
        icon="triangle-alert",
        tone="warn",
    ),
}
