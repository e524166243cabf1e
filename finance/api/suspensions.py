"""Services that stop, or have stopped, for unpaid bills, by the API."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from config.api.view import checked
from finance.api.base import BillsView
from finance.api.limit_inputs import SuspensionQuery
from finance.limit_serializers import SuspensionOut
from finance.models import Suspension


@extend_schema_view(
    get=extend_schema(
        operation_id="suspensions_list",
        tags=["suspensions"],
        summary=_("List services at risk"),
        description=_("What this account uses, and what it pays for, newest first: in grace, stopped, running again."),
        parameters=[SuspensionQuery],
        responses=envelope(SuspensionOut),
    )
)
class Suspensions(BillsView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(SuspensionQuery(data=request.query_params.dict()))
        rows = Suspension.objects.visible_to(self.account).select_related("owner", "payer", "product")
        if "state" in query:
            rows = rows.filter(state=query["state"])
        return self.listing(rows, SuspensionOut, limit=query["limit"])
