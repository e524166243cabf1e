"""What happened in books, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts

TEXTS: dict[str, Words] = {
    "books.opened": Words(_("Finished the opening balances of %(set)s"), icon="book-open-check", tone="ok"),
    "books.opening_entered": Words(_("Entered opening balances of %(set)s"), icon="book-open"),
    "books.audits_required": Words(_("Vouchers of %(set)s are audited before they are posted"), icon="file-check"),
    "books.audits_waived": Words(
        _("Vouchers of %(set)s are posted without an audit from now on"), icon="file-x", tone="warn"
    ),
    "books.groups_changed": Words(_("%(person)s is in other user groups of %(set)s now"), icon="users"),
    "books.subject_added": Words(_("Added the subject %(chosen)s to %(set)s"), icon="list-plus"),
    "books.subject_changed": Words(_("Changed the subject %(chosen)s of %(set)s"), icon="list"),
    "books.subject_disabled": Words(_("Disabled the subject %(chosen)s of %(set)s"), icon="list-x", tone="warn"),
    "books.subject_enabled": Words(_("Enabled the subject %(chosen)s of %(set)s"), icon="list-check"),
    "books.subject_deleted": Words(_("Deleted the subject %(chosen)s of %(set)s"), icon="list-x", tone="warn"),
    "books.item_added": Words(_("Added the item %(chosen)s to %(set)s"), icon="list-plus"),
    "books.item_changed": Words(_("Changed the item %(chosen)s of %(set)s"), icon="list"),
    "books.carried_over": Words(_("Carried over profit and loss of %(month)s in %(set)s"), icon="arrow-right-left"),
    "books.year_carried_over": Words(_("Carried over the profit of %(year)s in %(set)s"), icon="arrow-right-left"),
    "books.renumbered": Words(
        _("Closed %(count)s gaps in the voucher numbers of %(month)s in %(set)s"), icon="list-ordered"
    ),
    "books.closed": Words(_("Closed %(month)s in %(set)s"), icon="lock", tone="ok"),
    "books.reopened": Words(_("Re-opened %(month)s in %(set)s"), icon="lock-open", tone="warn"),
    "books.imported": Words(_("Imported %(count)s vouchers into %(set)s"), icon="file-up"),
    "books.posted": Words(_("Posted %(count)s vouchers of %(month)s in %(set)s"), icon="book-check", tone="ok"),
    "book_voucher.saved": Words(_("Saved voucher %(voucher)s of %(month)s in %(set)s"), icon="file-pen"),
    "book_voucher.drafted": Words(_("Kept a draft of a voucher in %(set)s"), icon="file-pen"),
    "book_voucher.audited": Words(_("Audited %(count)s vouchers in %(set)s"), icon="file-check"),
    "book_voucher.unaudited": Words(_("Took back the audit of %(voucher)s in %(set)s"), icon="file-minus", tone="warn"),
    "book_voucher.voided": Words(_("Made voucher %(voucher)s of %(set)s void"), icon="file-x", tone="warn"),
    "book_voucher.deleted": Words(_("Deleted voucher %(voucher)s of %(set)s"), icon="trash-2", tone="warn"),
    "book_voucher.reversed": Words(
        _("Reversed voucher %(voucher)s of %(set)s by a red one"), icon="undo-2", tone="warn"
    ),
    "book_template.made": Words(_("Kept the voucher template %(chosen)s in %(set)s"), icon="bookmark-plus"),
    "book_template.renamed": Words(_("Renamed the voucher template %(chosen)s in %(set)s"), icon="bookmark"),
    "book_template.deleted": Words(
        _("Deleted the voucher template %(chosen)s of %(set)s"), icon="bookmark-x", tone="warn"
    ),
}


def register() -> None:
    """The log speaks of books from now on, and can be narrowed to them."""
    add_texts(TEXTS, group=Group("books", _("Books"), ("books.", "book_voucher.", "book_template.")), pages={})
