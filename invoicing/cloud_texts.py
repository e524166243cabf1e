"""What happened in the invoice cloud, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Words

TEXTS: dict[str, Words] = {
    "cloud_order.placed": Words(
        _("The invoice cloud took order #%(order)s (%(product_name)s)"), icon="cloud", tone="ok"
    ),
    "cloud_order.renewed": Words(
        _("Order #%(order)s (%(product_name)s) continues the one before it for the same tax numbers"),
        icon="cloud",
        tone="ok",
    ),
    "cloud_order.resized": Words(
        _("Order #%(order)s (%(product_name)s) is now for %(tax_numbers)s tax numbers"), icon="cloud", tone="info"
    ),
    "cloud_order.contact_chosen": Words(_("Chose %(email)s as contact of order #%(order)s"), icon="at-sign"),
    "cloud_order.delivered": Words(
        _("Order #%(order)s (%(product_name)s) was delivered; its activation letter is on its way"),
        icon="package-check",
        tone="ok",
    ),
    "cloud_order.letter_resent": Words(
        _("Sent a new activation letter for order #%(order)s; the former one does not work any more"),
        icon="send",
        tone="info",
    ),
    "cloud_order.activated": Words(
        _("Activated order #%(order)s (%(product_name)s) for the tenant %(name)s"), icon="badge-check", tone="ok"
    ),
    "cloud_order.refunded": Words(
        _("Order #%(order)s (%(product_name)s) was given back; %(ended)s tax numbers lost its rights"),
        icon="undo-2",
        tone="stop",
    ),
    "taxpayer.added": Words(
        _("Added the enterprise %(name)s (%(tax_number)s) to the tenant %(tenant_name)s"), icon="building-2", tone="ok"
    ),
    "entitlement.assigned": Words(
        _("Assigned %(product_name)s of order #%(order)s to %(names)s"), icon="ticket-check", tone="ok"
    ),
    "entitlement.undone": Words(
        _("Undid the assignment of %(product_name)s of order #%(order)s to %(name)s"), icon="undo-2", tone="warn"
    ),
    "credential.shown": Words(_("Looked at the keys of the tenant %(name)s"), icon="eye", tone="warn"),
    "credential.renewed": Words(_("Renewed the keys of the tenant %(name)s"), icon="key-round", tone="warn"),
    "credential.blocked": Words(_("Blocked the keys of the tenant %(name)s"), icon="lock-keyhole", tone="stop"),
    "credential.unblocked": Words(_("Let in the keys of the tenant %(name)s again"), icon="key-round", tone="ok"),
    "package.added": Words(_("Made %(name)s a package of the invoice cloud"), icon="package", tone="ok"),
    "package.changed": Words(_("Changed the package %(name)s"), icon="package"),
}
