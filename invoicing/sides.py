"""On which side of an issued invoice an account stands today, wherever its enterprises have moved since.

An invoice never changes. Who stands behind its seller and its buyer is read from where these enterprises are bound
now; for the cloud spending the vendor is the seller and has no account.
"""

from accounts.models import Account
from invoicing.models import Invoice, ReceivedInvoice, RedLetter, Taxpayer, Tenant


def seller_account(invoice: Invoice) -> Account | None:
    """The account of the tenant that has the seller now; None for the vendor."""
    if invoice.tenant is None:
        return None
    bound = Taxpayer.objects.bound().filter(tax_number=invoice.seller_tax_number)
    found = bound.select_related("tenant__account").first()
    return (found.tenant if found is not None else now_of(invoice.tenant)).account


def buyer_account(invoice: Invoice) -> Account | None:
    """The account whose spending it is for, or whose tenant has collected it for the buyer; None if nobody is known."""
    if invoice.account is not None or invoice.tenant_id is None:
        return invoice.account
    copies = ReceivedInvoice.objects.filter(
        number=invoice.number, code="", taxpayer__tax_number=invoice.buyer_tax_number
    )
    held = copies.select_related("tenant__account", "tenant__merged_into__account")
    copy = held.order_by("-taxpayer__released_at", "-pk").first()  # nulls first: where the buyer is bound now
    return now_of(copy.tenant).account if copy is not None else None


def account_of(invoice: Invoice) -> Account | None:
    """In whose log it stands: the account that it is for, or that issued it."""
    return invoice.account or seller_account(invoice)


def side_at(invoice: Invoice, account: Account) -> str:
    """On which side of it the account stands, as red letters name them; empty where it only was there once."""
    if (seller := seller_account(invoice)) is not None and seller.pk == account.pk:
        return RedLetter.Side.SELLER
    buyer = buyer_account(invoice)
    return RedLetter.Side.BUYER if buyer is not None and buyer.pk == account.pk else ""


def now_of(tenant: Tenant) -> Tenant:
    """The tenant into which it was merged, or itself."""
    return tenant.merged_into or tenant
