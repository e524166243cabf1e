"""What the invoice cloud's pages say of tenants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery

from accounts.models import Account
from invoicing.models import Credential, Entitlement, Tenant


@dataclass(frozen=True, slots=True)
class TenantCard:
    """A tenant at a glance."""

    tenant: Tenant
    enterprises: int
    entitlements: int
    client_id: str


def tenant_cards(account: Account, at: datetime) -> Sequence[TenantCard]:
    """The account's tenants, without those that were merged into another; by one query."""
    bound = Q(taxpayers__released_at=None)
    held = (
        Entitlement.objects.valid(at=at).filter(taxpayer__tenant=OuterRef("pk")).order_by().values("taxpayer__tenant")
    )
    keys = Credential.objects.filter(tenant=OuterRef("pk")).values("client_id")
    rows = Tenant.objects.filter(account=account, merged_into=None).annotate(
        enterprises=Count("taxpayers", filter=bound),
        held=Subquery(held.annotate(many=Count("pk")).values("many")),
        client=Subquery(keys[:1]),
    )
    return [TenantCard(one, one.enterprises, one.held or 0, one.client or "") for one in rows.order_by("pk")]
