"""Repayment plans: made, followed, cancelled."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import NotFound
from finance.api.base import BillsView
from finance.api.statement_inputs import PlanIn
from finance.models import PlanItem, RepaymentPlan
from finance.models.plan import PlanQuerySet
from finance.services.plans import Wish, cancel_plan, create_plan
from finance.statement_serializers import PlanOut

TAGS = ["plans"]


class PlanView(BillsView):
    """Plans of the key's account."""

    def plans(self) -> PlanQuerySet:
        """With their statements, by two queries."""
        items = Prefetch("items", PlanItem.objects.select_related("statement__account"))
        return RepaymentPlan.objects.visible_to(self.account).prefetch_related(items)

    def shown(self, pk: int) -> dict[str, Any]:
        """One of the account's own, freshly read."""
        if (found := self.plans().filter(pk=pk).first()) is None:
            raise NotFound()
        return dict(PlanOut(found).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="plans_list",
        tags=TAGS,
        summary=_("List repayment plans"),
        description=_("Newest first."),
        parameters=[Query],
        responses=envelope(PlanOut),
    ),
    post=extend_schema(
        operation_id="plans_create",
        tags=TAGS,
        summary=_("Make a repayment plan"),
        description=_("It begins to pay within moments, from own cash, as far as that goes; then as cash arrives."),
        request=PlanIn,
        responses={201: PlanOut},
        examples=[
            OpenApiExample(
                "plan",
                {"name": "六月还款", "statements": [1, 2], "order": "oldest_due", "consent": True},
                request_only=True,
            )
        ],
    ),
)
class Plans(PlanView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        return self.listing(self.plans(), PlanOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the plan; its address in `Location`."""
        response = self.once(self.memory, lambda: self._make(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _make(self, request: Request) -> Outcome:
        wish = Wish(**checked(PlanIn(data=request.data)))
        return 201, self.shown(create_plan(actor=self.actor, account=self.account, wish=wish).pk)


@extend_schema_view(
    get=extend_schema(operation_id="plans_read", tags=TAGS, summary=_("Read a repayment plan"), responses=PlanOut),
    delete=extend_schema(
        operation_id="plans_cancel",
        tags=TAGS,
        summary=_("Cancel a repayment plan"),
        description=_("As long as something is unpaid. What was repaid stays repaid; the plan stays in the list."),
        responses={200: PlanOut},
    ),
)
class OnePlan(PlanView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Cancelled; the body says so."""
        self.shown(pk)

        def act() -> Outcome:
            cancel_plan(actor=self.actor, plan_id=pk)
            return 200, self.shown(pk)

        return self.once(self.memory, act)
