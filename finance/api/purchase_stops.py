"""Stops of new purchases by the API."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import NotFound
from finance.api.base import BillsView
from finance.api.limit_inputs import StopIn, StopQuery
from finance.limit_serializers import StopOut
from finance.models import PurchaseStop
from finance.services.purchase_stops import approve_stop, decline_stop, lift_stop, stop_purchases

TAGS = ["purchase-stops"]


@extend_schema_view(
    get=extend_schema(
        operation_id="purchase_stops_list",
        tags=TAGS,
        summary=_("List stops of purchases"),
        description=_("Of members of this account, newest first; “asked” ones wait for a decision."),
        parameters=[StopQuery],
        responses=envelope(StopOut),
    ),
    post=extend_schema(
        operation_id="purchase_stops_create",
        tags=TAGS,
        summary=_("Stop new purchases of a member"),
        description=_("New orders are refused until it is lifted; what runs goes on and can be renewed."),
        request=StopIn,
        responses={201: StopOut},
        examples=[OpenApiExample("stop", {"relationship": 1, "reason": "季度预算已用完"}, request_only=True)],
    ),
)
class PurchaseStops(BillsView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(StopQuery(data=request.query_params.dict()))
        rows = _stops(self)
        if "state" in query:
            rows = rows.filter(state=query["state"])
        return self.listing(rows, StopOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the stop; its address in `Location`."""
        response = self.once(self.memory, lambda: self._stop(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _stop(self, request: Request) -> Outcome:
        asked = checked(StopIn(data=request.data))
        stop = stop_purchases(actor=self.actor, relationship_id=asked["relationship"], reason=asked["reason"])
        return 201, _shown(self, stop.pk)


@extend_schema_view(
    get=extend_schema(
        operation_id="purchase_stops_read", tags=TAGS, summary=_("Read a stop of purchases"), responses=StopOut
    ),
)
class OnePurchaseStop(BillsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(_shown(self, pk))


class Decision(BillsView):
    """What becomes of a stop."""

    act: ClassVar[Callable[..., PurchaseStop]]

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with what is true now."""
        _shown(self, pk)
        return self.once(self.memory, lambda: self._decide(pk))

    def _decide(self, pk: int) -> Outcome:
        type(self).act(actor=self.actor, stop_id=pk)
        return 200, _shown(self, pk)


def _described(operation: str, summary: Any, description: Any) -> Any:
    described = extend_schema(
        operation_id=f"purchase_stops_{operation}",
        tags=TAGS,
        summary=summary,
        description=description,
        request=None,
        responses={200: StopOut},
    )
    return extend_schema_view(post=described)


@_described("approve", _("Approve a stop"), _("What a budget asked for is in force until its month ends."))
class Approve(Decision):
    """In force."""

    act = staticmethod(approve_stop)


@_described("decline", _("Decline a stop"), _("Buying goes on; the budget does not ask again this month."))
class Decline(Decision):
    """Buying goes on."""

    act = staticmethod(decline_stop)


@_described("lift", _("Lift a stop"), _("The member may buy again."))
class Lift(Decision):
    """Over."""

    act = staticmethod(lift_stop)


def _stops(view: BillsView) -> Any:
    return PurchaseStop.objects.visible_to(view.account).select_related("relationship__member")


def _shown(view: BillsView, pk: int) -> dict[str, Any]:
    """One of those that the account, as manager, set or is asked about."""
    if (found := _stops(view).filter(pk=pk).first()) is None:
        raise NotFound()
    return dict(StopOut(found).data)
