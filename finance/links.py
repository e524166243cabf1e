"""The links beside the pages of Enterprise Finance."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import FINANCE, Link, Section, add_section
from accounts.permissions import Right

SEE = Right.SEE_FINANCE
BILLS = Section(
    _("Bills"),
    [
        Link(_("Spending"), "finance:spending", "chart-column", SEE),
        Link(_("Bills"), "finance:bill-list", "receipt-text", SEE),
        Link(_("Monthly statements"), "finance:statement-list", "file-check", SEE),
        Link(_("Repayment plans"), "finance:plan-list", "list-checks", SEE),
        Link(_("Orders"), "finance:order-list", "shopping-cart", SEE),
        Link(_("Resources"), "finance:resource-list", "server", SEE),
    ],
)
RULES = Section(
    _("Rules"),
    [
        Link(_("Ways of paying"), "finance:mode-list", "wallet-cards", SEE),
        Link(_("Budgets and alerts"), "finance:budget-list", "bell-ring", SEE),
        Link(_("Vouchers and discounts"), "finance:voucher-list", "ticket-percent", SEE),
    ],
)


def register() -> None:
    """They are there from now on: the overview above the linked accounts, the funds below them."""
    add_section(FINANCE, Section("", [Link(_("Overview"), "finance:overview", "gauge", SEE)]), first=True)
    add_section(
        FINANCE,
        Section(
            _("Funds"),
            [
                Link(_("Members' funds"), "finance:member-list", "hand-coins", SEE),
                Link(_("Fund flow"), "finance:flow-list", "arrow-left-right", SEE),
                Link(_("Account statement"), "finance:book-list", "book-open-text", SEE),
                Link(_("Credit"), "finance:credit", "badge-percent", SEE),
                Link(_("Top-ups"), "finance:top-up-list", "circle-plus", SEE),
                Link(_("Withdrawals"), "finance:withdrawal-list", "landmark", SEE),
                Link(_("Files"), "finance:export-list", "file-down", SEE),
                Link(_("Settings"), "finance:settings", "settings-2", SEE),
            ],
        ),
    )
    add_section(FINANCE, BILLS)
    add_section(FINANCE, RULES)
