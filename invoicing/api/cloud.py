"""The invoice cloud for an account's own systems: tenants, entitlements and their uses, to read."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from accounts.credit_code import normalise
from config.api.view import checked
from config.errors import NotFound
from invoicing.api.base import InvoicesView
from invoicing.cloud_serializers import STANDINGS, EntitlementOut, TenantDetailOut, TenantOut, UseOut
from invoicing.entitlement_reports import seen_by, standing
from invoicing.models import EntitlementUse, Service, Taxpayer
from invoicing.services.tenants import tenant_of, tenants_of

TAGS = ["invoice-cloud"]
ID_MOST = 2**63 - 1


class EntitlementQuery(Query):
    """Narrows the list of entitlements."""

    tenant = serializers.IntegerField(required=False, min_value=1, max_value=ID_MOST)
    tax_number = serializers.CharField(required=False, max_length=40)
    service = serializers.ChoiceField(Service.choices, required=False)
    standing = serializers.ChoiceField(STANDINGS, required=False)


@extend_schema_view(
    get=extend_schema(
        operation_id="cloud_tenants_list",
        tags=TAGS,
        summary=_("List tenants"),
        description=_("This account's tenants, without those that were merged into another; newest first."),
        parameters=[Query],
        responses=envelope(TenantOut),
    )
)
class Tenants(InvoicesView):
    """Who uses the invoice cloud."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = tenants_of(account=self.account).select_related("credential")
        return self.listing(rows, TenantOut, limit=query["limit"])


@extend_schema_view(
    get=extend_schema(
        operation_id="cloud_tenants_read",
        tags=TAGS,
        summary=_("Read a tenant with its enterprises"),
        responses=TenantDetailOut,
    )
)
class OneTenant(InvoicesView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """With the enterprises that are bound to it now."""
        tenant = tenant_of(account=self.account, tenant_id=pk)
        tenant.bound = Taxpayer.objects.bound().filter(tenant=tenant)  # type: ignore[attr-defined]
        return Response(TenantDetailOut(tenant).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="cloud_entitlements_list",
        tags=TAGS,
        summary=_("List entitlements"),
        description=_("What each tax number may do, and how much of it is left; newest first."),
        parameters=[EntitlementQuery],
        responses=envelope(EntitlementOut),
    )
)
class Entitlements(InvoicesView):
    """What tax numbers may do (I6.1)."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(EntitlementQuery(data=request.query_params.dict()))
        rows = seen_by(self.account)
        if tenant := query.get("tenant"):
            rows = rows.filter(taxpayer__tenant=tenant)
        if number := query.get("tax_number"):
            rows = rows.filter(taxpayer__tax_number=normalise(number))
        if service := query.get("service"):
            rows = rows.filter(service=service)
        rows = standing(rows, query.get("standing", ""), timezone.now())
        return self.listing(rows, EntitlementOut, limit=query["limit"])


@extend_schema_view(
    get=extend_schema(
        operation_id="cloud_entitlements_read", tags=TAGS, summary=_("Read an entitlement"), responses=EntitlementOut
    )
)
class OneEntitlement(InvoicesView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        if (found := seen_by(self.account).filter(pk=pk).first()) is None:
            raise NotFound()
        return Response(EntitlementOut(found).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="cloud_uses_list",
        tags=TAGS,
        summary=_("List the uses of an entitlement"),
        description=_("One for each serial; newest first."),
        parameters=[Query],
        responses=envelope(UseOut),
    )
)
class Uses(InvoicesView):
    """How it was used."""

    def get(self, request: Request, pk: int) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        if not seen_by(self.account).filter(pk=pk).exists():
            raise NotFound()
        return self.listing(EntitlementUse.objects.filter(entitlement=pk), UseOut, limit=query["limit"])
