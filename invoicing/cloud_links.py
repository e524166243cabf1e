"""The console of the invoice cloud and the links beside its pages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.navigation import Link, Offer, Section, add_product, add_section
from accounts.permissions import Right
from invoicing.models import ChangeRequest, CloudOrder

INVOICE_CLOUD: Final = "invoice-cloud"
SEE = Right.SEE_FINANCE


def waiting_orders(account: Account) -> int:
    """Orders whose activation waits for somebody of this account."""
    return CloudOrder.objects.filter(account=account, state=CloudOrder.State.DELIVERED).count()


def changes_to_answer(account: Account) -> int:
    """Change requests of others that need this account's word."""
    return ChangeRequest.objects.to_agree(account).count()


def register() -> None:
    """They are there from now on."""
    add_product(
        Offer(
            key=INVOICE_CLOUD,
            label=_("Invoice cloud"),
            url_name="invoicing:cloud-home",
            icon="cloud",
            prefix="/invoice-cloud/",
            note=_("Issue and receive invoices from your business system"),
            right=SEE,
        )
    )
    links = [
        Link(_("Overview"), "invoicing:cloud-home", "gauge", SEE),
        Link(_("Orders and activation"), "invoicing:cloud-order-list", "package", SEE, waiting=waiting_orders),
        Link(_("Entitlements"), "invoicing:entitlement-list", "ticket-check", SEE),
        Link(_("Received invoices"), "invoicing:received-list", "inbox", SEE),
        Link(_("Change requests"), "invoicing:change-list", "file-pen", SEE, waiting=changes_to_answer),
        Link(_("Help"), "invoicing:cloud-help", "circle-question-mark", SEE),
    ]
    add_section(INVOICE_CLOUD, Section("", links))
