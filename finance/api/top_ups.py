"""Money in: announced by a business system, paid by bank transfer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import NotFound
from finance.api.base import FundsView
from finance.api.inputs import TopUpIn
from finance.models import TopUp
from finance.serializers import TopUpOut
from finance.services.top_ups import cancel_top_up, start_top_up

TAGS = ["top-ups"]


@extend_schema_view(
    get=extend_schema(
        operation_id="topups_list",
        tags=TAGS,
        summary=_("List top-ups"),
        description=_("Newest first."),
        parameters=[Query],
        responses=envelope(TopUpOut),
    ),
    post=extend_schema(
        operation_id="topups_create",
        tags=TAGS,
        summary=_("Announce a top-up"),
        description=_("Pay it by bank transfer and name the reference; an online payment is opened in the console."),
        request=TopUpIn,
        responses={201: TopUpOut},
        examples=[OpenApiExample("top-up", {"amount": "10000.00", "channel": "bank"}, request_only=True)],
    ),
)
class TopUps(FundsView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        return self.listing(TopUp.objects.visible_to(self.account), TopUpOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the top-up; its address in `Location`."""
        response = self.once(self.memory, lambda: self._announce(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _announce(self, request: Request) -> Outcome:
        asked = checked(TopUpIn(data=request.data))
        top_up = start_top_up(actor=self.actor, account=self.account, key=self.ledger_key, **asked)
        return 201, dict(TopUpOut(top_up).data)


@extend_schema_view(
    get=extend_schema(operation_id="topups_read", tags=TAGS, summary=_("Read a top-up"), responses=TopUpOut),
    delete=extend_schema(
        operation_id="topups_cancel",
        tags=TAGS,
        summary=_("Close a top-up"),
        description=_("It is not going to be paid. It stays in the list as closed."),
        responses={200: TopUpOut},
    ),
)
class OneTopUp(FundsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Closed; the body says so."""
        self.shown(pk)

        def act() -> Outcome:
            cancel_top_up(actor=self.actor, top_up_id=pk)
            return 200, self.shown(pk)

        return self.once(self.memory, act)

    def shown(self, pk: int) -> dict[str, Any]:
        """One of the account's own, freshly read."""
        if (found := TopUp.objects.visible_to(self.account).filter(pk=pk).first()) is None:
            raise NotFound()
        return dict(TopUpOut(found).data)
