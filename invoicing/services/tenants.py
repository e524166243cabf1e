"""Tenants of the invoice cloud: opened by the first activated order, used again by later ones (I2)."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.cleaning import cleaned
from accounts.models import Account
from accounts.models.account import new_number
from accounts.names import clean_name
from config.errors import InputError, NotFound
from invoicing.models import CloudOrder, Tenant
from invoicing.services.cloud_orders import company_of

NAME_LENGTH = 120


def tenants_of(*, account: Account) -> "QuerySet[Tenant]":
    """The account's tenants, without those that were merged into another."""
    return Tenant.objects.filter(account=account, merged_into=None).order_by("pk")


def tenant_of(*, account: Account, tenant_id: int) -> Tenant:
    """One of the account's tenants. Raises NotFound."""
    if (tenant := tenants_of(account=account).select_related("account").filter(pk=tenant_id).first()) is None:
        raise NotFound()
    return tenant


def open_tenant(*, order: CloudOrder, name: str, erp: str, at: datetime) -> Tenant:
    """A new tenant of the ordering account, called like its enterprise unless told otherwise.

    Inside the transaction of the activation, which holds the account. Raises InputError.
    """
    wanted = name.strip() or company_of(account=order.account)
    label = cleaned("name", lambda text: clean_name(text, max_length=NAME_LENGTH), wanted)
    if tenants_of(account=order.account).filter(name=label).exists():
        raise InputError("name", _("This account has a tenant of this name. Choose it, or another name."))
    fields = {"name": label, "erp": erp, "email": order.email, "created_at": at}
    return Tenant.objects.create(account=order.account, number=new_number(), **fields)


def chosen_tenant(*, account: Account, tenant_id: int, erp: str) -> Tenant:
    """A tenant that the account has; its business system is the one chosen last. Locks it. Raises InputError."""
    rows = Tenant.objects.select_for_update(no_key=True).filter(account=account, merged_into=None)
    if (tenant := rows.filter(pk=tenant_id).first()) is None:
        raise InputError("tenant", _("Choose one of your tenants, or a new one."))
    if tenant.erp != erp:
        tenant.erp = erp
        tenant.save(update_fields=["erp"])
    return tenant
