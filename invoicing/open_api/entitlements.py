"""What the tax numbers of a tenant may still do."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.entitlement_reports import seen_by
from invoicing.open_api.base import ClientView
from invoicing.open_api.envelope import answer
from invoicing.open_api.invoices import asked
from invoicing.open_api.received import bound
from invoicing.open_api.received_shapes import EntitlementOut
from invoicing.open_api.telling import entitlement_data

MOST = 200


class Entitlements(ClientView):
    """Rights that were not ended, the newest first."""

    @extend_schema(
        operation_id="entitlement_list",
        tags=["entitlements"],
        summary=_("Ask what a tax number may still do"),
        parameters=[
            OpenApiParameter("taxNo", str, description=str(_("Without it those of all enterprises, at most 200.")))
        ],
        responses={200: EntitlementOut},
    )
    def get(self, request: Request) -> Response:
        """200 with the rights."""
        rows = seen_by(self.tenant.account).filter(taxpayer__tenant=self.tenant, ended_at=None).order_by("-pk")
        if "taxNo" in request.query_params:
            rows = rows.filter(taxpayer=bound(self, asked(request, "taxNo")))
        now = timezone.now()
        return answer([entitlement_data(one, now) for one in rows[:MOST]])
