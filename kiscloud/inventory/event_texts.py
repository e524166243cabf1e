"""What happened in the inventory, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts

TEXTS: dict[str, Words] = {
    "stock_good.added": Words(_("Added the good %(chosen)s to %(set)s"), icon="package-plus"),
    "stock_good.changed": Words(_("Changed the good %(chosen)s of %(set)s"), icon="package"),
    "stock_good.disabled": Words(_("Disabled the good %(chosen)s of %(set)s"), icon="package-x", tone="warn"),
    "stock_good.enabled": Words(_("Enabled the good %(chosen)s of %(set)s"), icon="package-check"),
    "stock_partner.added": Words(_("Added the business partner %(chosen)s to %(set)s"), icon="user-plus"),
    "stock_partner.changed": Words(_("Changed the business partner %(chosen)s of %(set)s"), icon="user-pen"),
    "stock_partner.disabled": Words(
        _("Disabled the business partner %(chosen)s of %(set)s"), icon="user-x", tone="warn"
    ),
    "stock_partner.enabled": Words(_("Enabled the business partner %(chosen)s of %(set)s"), icon="user-check"),
    "stock_document.saved": Words(_("Kept a draft (%(draft)s) in %(set)s"), icon="file-pen"),
    "stock_document.deleted": Words(_("Deleted a draft (%(draft)s) of %(set)s"), icon="trash-2"),
    "stock_document.confirmed": Words(_("Confirmed %(document)s in %(set)s"), icon="package-check", tone="ok"),
    "stock_document.voided": Words(_("Made %(document)s of %(set)s void"), icon="package-x", tone="warn"),
    "stock_document.posted": Words(
        _("Made vouchers of %(count)s stock documents in %(set)s"), icon="file-check", tone="ok"
    ),
    "stock_document.taken_back": Words(
        _("Took back voucher %(voucher)s of %(document)s in %(set)s"), icon="undo-2", tone="warn"
    ),
}
PREFIXES = ("stock_good.", "stock_partner.", "stock_document.")


def register() -> None:
    """The log speaks of stock from now on, and can be narrowed to it."""
    add_texts(TEXTS, group=Group("inventory", _("Inventory"), PREFIXES), pages={})
