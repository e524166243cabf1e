"""Budgets by the API."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import InputError, NotFound
from finance.api.base import BillsView
from finance.api.limit_inputs import BudgetChangeIn, BudgetIn
from finance.budget_standings import shown_budgets, standings_of
from finance.limit_serializers import BudgetOut
from finance.models import Budget, Product
from finance.services.budgets import Plan, change_budget, create_budget, go_on_with_budget, pause_budget

TAGS = ["budgets"]
EXAMPLE = {"name": "北方区域云资源", "amount": "50000.00", "folder": 3, "actual": [50, 80, 100], "action": "ask"}


@extend_schema_view(
    get=extend_schema(
        operation_id="budgets_list",
        tags=TAGS,
        summary=_("List budgets"),
        description=_("Newest first, each with what the running month has spent and is expected to come to."),
        parameters=[Query],
        responses=envelope(BudgetOut),
    ),
    post=extend_schema(
        operation_id="budgets_create",
        tags=TAGS,
        summary=_("Make a budget"),
        description=_("It counts from the running month on. Each threshold is told once a month."),
        request=BudgetIn,
        responses={201: BudgetOut},
        examples=[OpenApiExample("budget", EXAMPLE, request_only=True)],
    ),
)
class Budgets(BillsView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = shown_budgets(Budget.objects.visible_to(self.account))
        return self.listing(
            rows, BudgetOut, limit=query["limit"], prepare=lambda page: standings_of(page, at=timezone.now())
        )

    def post(self, request: Request) -> Response:
        """201 with the budget; its address in `Location`."""
        response = self.once(self.memory, lambda: self._create(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _create(self, request: Request) -> Outcome:
        plan = Plan(**_fields(checked(BudgetIn(data=request.data))))
        budget = create_budget(actor=self.actor, account=self.account, plan=plan)
        return 201, shown(self, budget.pk)


@extend_schema_view(
    get=extend_schema(operation_id="budgets_read", tags=TAGS, summary=_("Read a budget"), responses=BudgetOut),
    patch=extend_schema(
        operation_id="budgets_change",
        tags=TAGS,
        summary=_("Change, pause or go on with a budget"),
        description=_("Thresholds that the new amount leaves open are told again when they are reached."),
        request=BudgetChangeIn,
        responses=BudgetOut,
    ),
)
class OneBudget(BillsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(shown(self, pk))

    def patch(self, request: Request, pk: int) -> Response:
        """200 with what is true now."""
        shown(self, pk)
        return self.once(self.memory, lambda: self._change(request, pk))

    def _change(self, request: Request, pk: int) -> Outcome:
        asked = dict(checked(BudgetChangeIn(data=request.data)))
        active = asked.pop("active", None)
        if asked:
            change_budget(actor=self.actor, budget_id=pk, plan=Plan(**_present(pk) | _fields(asked)))
        if active is not None:
            act = go_on_with_budget if active else pause_budget
            act(actor=self.actor, budget_id=pk)
        return 200, shown(self, pk)


def shown(view: BillsView, pk: int) -> dict[str, Any]:
    """One of the account's own, freshly read."""
    rows = list(shown_budgets(Budget.objects.visible_to(view.account).filter(pk=pk)))
    if not rows:
        raise NotFound()
    return dict(BudgetOut(standings_of(rows, at=timezone.now())[0]).data)


def _present(pk: int) -> dict[str, Any]:
    names = ("name", "amount", "relationship_id", "folder_id", "product_id", "actual", "forecast", "action")
    return dict(Budget.objects.values(*names).get(pk=pk))


def _fields(asked: Mapping[str, Any]) -> dict[str, Any]:
    """As the service names them."""
    fields = {name: asked[name] for name in ("name", "amount", "actual", "forecast", "action") if name in asked}
    fields |= {f"{name}_id": asked[name] for name in ("relationship", "folder") if name in asked}
    if "product" in asked:
        fields["product_id"] = _product(asked["product"])
    return fields


def _product(code: str | None) -> int | None:
    if code is None:
        return None
    found = Product.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise InputError("product", _("There is no product with this code."))
    return found
