"""What happened to money, in words, for the log of either side."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts

TEXTS = {
    "funds.allotted": Words(
        _("Allotted %(amount)s yuan to %(other)s"),
        _("Allotted %(amount)s yuan to this account"),
        "arrow-up-right",
        "ok",
    ),
    "funds.recalled": Words(
        _("Recalled %(amount)s yuan from %(other)s"),
        _("Recalled %(amount)s yuan from this account"),
        icon="arrow-down-left",
        tone="warn",
    ),
    "funds.code_limit_chosen": Words(_("Allotments above %(amount)s yuan ask for a code"), icon="shield-check"),
    "funds.export_requested": Words(_("Asked for a file (%(rows)s rows)"), icon="file-down"),
    "funds.export_fetched": Words(_("Fetched a file (%(rows)s rows)"), icon="file-down", tone="info"),
    "usage.import_asked": Words(_("Uploaded the usage file %(name)s"), icon="file-up"),
    "metering_key.created": Words(_("Made the key of metering %(name)s"), icon="key-round"),
    "metering_key.revoked": Words(_("Revoked the key of metering %(name)s"), icon="key-round", tone="warn"),
    "credit.granted": Words(_("Granted a credit line of %(limit)s yuan"), icon="badge-percent", tone="ok"),
    "credit.revoked": Words(_("Revoked a credit line of %(limit)s yuan"), icon="badge-percent", tone="warn"),
    "credit.allotted": Words(
        _("Gave %(other)s %(amount)s yuan of credit"),
        _("Gave this account %(amount)s yuan of credit"),
        icon="badge-percent",
        tone="ok",
    ),
    "credit.recalled": Words(
        _("Took back %(amount)s yuan of credit from %(other)s"),
        _("Took back %(amount)s yuan of credit from this account"),
        icon="badge-percent",
        tone="warn",
    ),
    "credit.striped": Words(_("Prepared the credit for many charges at once"), icon="badge-percent"),
    "credit.joined": Words(_("Put the credit together in one book again"), icon="badge-percent"),
    "credit.settled": Words(_("Paid back %(amount)s yuan of credit"), icon="badge-check", tone="ok"),
    "top_up.announced": Words(_("Announced a top-up of %(amount)s yuan (%(reference)s)"), icon="circle-plus"),
    "top_up.confirmed": Words(_("Saw the money of a top-up; a second person confirms it"), icon="eye", tone="info"),
    "top_up.credited": Words(_("Credited the top-up %(reference)s: %(amount)s yuan"), icon="circle-check", tone="ok"),
    "top_up.arrived_late": Words(_("The money of the top-up %(reference)s came after its end"), icon="clock"),
    "top_up.closed": Words(_("Closed a top-up"), icon="circle-x", tone="neutral"),
    "top_up.trouble": Words(
        _("The payment provider reported a problem with a top-up"), icon="triangle-alert", tone="warn"
    ),
    "top_up.unknown_reference": Words(
        _("The payment provider reported %(amount)s yuan under the unknown reference %(reference)s"),
        icon="triangle-alert",
        tone="warn",
    ),
    "top_up.trouble_settled": Words(_("Dealt with a problem of a top-up"), icon="circle-check"),
    "withdrawal.requested": Words(_("Asked to withdraw %(amount)s yuan"), icon="landmark", tone="warn"),
    "withdrawal.approved": Words(_("Approved a withdrawal"), icon="landmark", tone="info"),
    "withdrawal.paid": Words(_("Paid out %(amount)s yuan"), icon="landmark", tone="ok"),
    "withdrawal.returned": Words(_("Returned a withdrawal of %(amount)s yuan"), icon="undo-2", tone="warn"),
    "arrears.settled": Words(_("Paid %(amount)s yuan of unpaid bills from cash"), icon="badge-check", tone="ok"),
    "statement.issued": Words(
        _("The statement of %(month)s is out: %(amount)s yuan"), icon="receipt-text", tone="info"
    ),
    "statement.confirmed": Words(
        _("Confirmed the statement of %(month)s"),
        _("Confirmed the statement of %(month)s of this account"),
        icon="badge-check",
        tone="ok",
    ),
    "statement.disputed": Words(
        _("Disputed %(amount)s yuan of the statement of %(month)s"),
        _("Disputed %(amount)s yuan of this account's statement of %(month)s"),
        icon="message-circle-question-mark",
        tone="warn",
    ),
    "statement.repaid": Words(
        _("Repaid %(amount)s yuan of the statement of %(month)s"),
        _("Repaid %(amount)s yuan of this account's statement of %(month)s"),
        icon="hand-coins",
        tone="ok",
    ),
    "statement.settled": Words(_("The statement of %(month)s is settled"), icon="circle-check", tone="ok"),
    "dispute.withdrawn": Words(
        _("Withdrew the dispute of %(amount)s yuan in the statement of %(month)s"),
        _("Withdrew the dispute of %(amount)s yuan in this account's statement of %(month)s"),
        icon="undo-2",
    ),
    "dispute.answered": Words(
        _("Answered the dispute of %(amount)s yuan in the statement of %(month)s"),
        icon="message-circle-reply",
        tone="info",
    ),
    "plan.created": Words(
        _("Made the repayment plan “%(name)s”: %(count)s statements, %(amount)s yuan"), icon="list-checks", tone="info"
    ),
    "plan.item_paid": Words(
        _("The plan “%(name)s” repaid %(amount)s yuan of the statement of %(month)s of %(other)s"),
        _("A repayment plan repaid %(amount)s yuan of this account's statement of %(month)s"),
        icon="hand-coins",
        tone="ok",
    ),
    "plan.completed": Words(_("The repayment plan “%(name)s” is completed"), icon="circle-check", tone="ok"),
    "plan.cancelled": Words(_("Cancelled the repayment plan “%(name)s”"), icon="circle-x", tone="warn"),
    "ledger.broken": Words(_("Found the ledger broken"), icon="triangle-alert", tone="stop"),
    "ledger.alarm_cleared": Words(_("Cleared an alarm of the ledger"), icon="circle-check", tone="ok"),
    "withdrawal.account_shown": Words(_("Looked at the bank account of a withdrawal"), icon="eye", tone="info"),
    "order.created": Words(
        _("Ordered %(product_name)s for %(amount)s yuan"),
        _("%(other)s ordered %(product_name)s for %(amount)s yuan, to be paid by this account"),
        icon="shopping-cart",
    ),
    "order.repriced": Words(
        _("Changed the price of an order from %(before)s to %(amount)s yuan"), icon="badge-percent", tone="info"
    ),
    "order.paid": Words(
        _("Paid the order of %(product_name)s: %(amount)s yuan"),
        _("Paid the order of %(other)s of %(product_name)s: %(amount)s yuan"),
        icon="circle-check",
        tone="ok",
    ),
    "order.cancelled": Words(_("Cancelled the order of %(product_name)s"), icon="circle-x"),
    "order.refunded": Words(
        _("Gave back %(instance)s: %(amount)s yuan"),
        _("%(other)s gave back %(instance)s: %(amount)s yuan to this account"),
        icon="undo-2",
        tone="warn",
    ),
    "category.added": Words(_("Added the product category %(name)s"), icon="folder-plus"),
    "category.changed": Words(_("Changed whose discount counts in the category %(name)s"), icon="percent"),
    "product.added": Words(_("Added the product %(name)s"), icon="package-plus"),
    "product.priced": Words(_("Set a new list price of %(name)s"), icon="tag"),
    "product.offered": Words(_("Put %(name)s on sale"), icon="package-check", tone="ok"),
    "product.withdrawn": Words(_("Took %(name)s off sale"), icon="package-x", tone="warn"),
    "promotion.added": Words(_("Started the promotion %(name)s"), icon="megaphone"),
    "promotion.ended": Words(_("Ended the promotion %(name)s"), icon="megaphone-off", tone="warn"),
    "discount.granted": Words(
        _("Granted a contract discount: %(rate)s of the list price is paid"), icon="percent", tone="ok"
    ),
    "discount.ended": Words(
        _("Ended a contract discount by which %(rate)s of the list price was paid"), icon="percent", tone="warn"
    ),
    "voucher.granted": Words(_("Granted a voucher of %(amount)s yuan"), icon="ticket", tone="ok"),
    "voucher.revoked": Words(_("Revoked a voucher with %(amount)s yuan left"), icon="ticket-x", tone="warn"),
    "coupon.granted": Words(_("Granted a coupon"), icon="ticket-percent", tone="ok"),
    "coupon.revoked": Words(_("Revoked a coupon"), icon="ticket-x", tone="warn"),
    "commitment.granted": Words(_("Added a commitment that covers usage"), icon="calendar-check", tone="ok"),
    "commitment.ended": Words(_("Ended a commitment"), icon="calendar-x", tone="warn"),
    "resource.ended": Words(_("The time of %(instance)s ran out"), icon="clock"),
}
PREFIXES = (
    "funds.",
    "credit.",
    "top_up.",
    "withdrawal.",
    "order.",
    "resource.",
    "discount.",
    "voucher.",
    "coupon.",
    "commitment.",
)
REPAID = ("arrears.", "statement.", "dispute.", "plan.")


def register() -> None:
    """The log speaks of money from now on, and can be narrowed to it."""
    add_texts(TEXTS, group=Group("funds", _("Funds"), PREFIXES), pages={"funds": _("funds"), "bills": _("bills")})
    statements = Group("statements", _("Statements and repayment"), REPAID)
    add_texts({}, group=statements, pages={"statements": _("monthly statements")})
