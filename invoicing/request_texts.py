"""What happened to titles, requests and who asks for invoices, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Words

TEXTS: dict[str, Words] = {
    "title.added": Words(_("Added the invoice title %(name)s"), icon="circle-plus"),
    "title.changed": Words(_("Changed the invoice title %(name)s"), icon="pencil"),
    "title.made_default": Words(_("Made %(name)s the title that is used by default"), icon="check"),
    "title.archived": Words(_("Put away the invoice title %(name)s"), icon="archive", tone="warn"),
    "invoice_request.submitted": Words(
        _("Requested an invoice over %(amount)s yuan made out to %(title)s (%(number)s)"),
        _("Requested an invoice over %(amount)s yuan for this account (%(number)s)"),
        icon="file-plus",
        tone="info",
    ),
    "invoice_request.approved": Words(
        _("Approved the invoice request %(number)s over %(amount)s yuan"), icon="badge-check", tone="ok"
    ),
    "invoice_request.rejected": Words(
        _("Rejected the invoice request %(number)s: %(reason)s"), icon="circle-x", tone="stop"
    ),
    "invoice_request.cancelled": Words(
        _("Cancelled the invoice request %(number)s"),
        _("Cancelled the invoice request %(number)s for this account"),
        icon="circle-x",
        tone="warn",
    ),
    "invoice_control.proposed": Words(
        _("Proposed to %(other)s to request all of its invoices"),
        _("Proposed to request all invoices of this account"),
        icon="mail-question-mark",
    ),
    "invoice_control.withdrawn": Words(
        _("Took back the proposal to request all invoices of %(other)s"),
        _("Took back the proposal to request all invoices of this account"),
        icon="undo-2",
    ),
    "invoice_control.agreed": Words(
        _("Left the requesting of invoices to %(other)s"),
        _("Left the requesting of its invoices to this account"),
        icon="badge-check",
        tone="ok",
    ),
    "invoice_control.refused": Words(
        _("Goes on requesting its invoices itself; %(other)s had proposed to do it"),
        _("Goes on requesting its invoices itself"),
        icon="circle-x",
        tone="warn",
    ),
    "invoice_control.ended": Words(
        _("Ended the agreement with %(other)s on who requests invoices"),
        _("Ended the agreement on who requests invoices"),
        icon="circle-x",
        tone="warn",
    ),
    "tax_item.added": Words(_("Added the tax item %(name)s"), icon="circle-plus"),
    "tax_item.made_default": Words(_("Made %(name)s the tax item of products without their own"), icon="check"),
    "product_tax.assigned": Words(_("Invoices %(product)s as %(name)s from now on"), icon="receipt"),
    "product_tax.withdrawn": Words(_("Invoices %(product)s as the default tax item from now on"), icon="undo-2"),
}
