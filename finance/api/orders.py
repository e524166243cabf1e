"""Orders: placed, paid, cancelled and given back by a business system."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from accounts.guards import managed
from accounts.permissions import Point
from accounts.services.looks import note_look
from config.api.view import Outcome, checked
from config.errors import NotFound
from finance.api.base import BillsView
from finance.api.order_inputs import OrderQuery, WantedIn
from finance.api.products import product_of
from finance.models import Order
from finance.models.order import OrderQuerySet
from finance.order_serializers import OrderOut
from finance.services.order_payments import pay_order
from finance.services.orders import cancel_order, modify_resource, place_order, renew_resource
from finance.services.returns import refund_order

TAGS = ["orders"]
SHOWN = ("owner", "payer", "product")


class OrderView(BillsView):
    """What the views of orders share."""

    def shown(self, pk: int) -> dict[str, Any]:
        """One that the account made or pays for, freshly read."""
        found = Order.objects.visible_to(self.account).select_related(*SHOWN).filter(pk=pk).first()
        if found is None:
            raise NotFound()
        return dict(OrderOut(found).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="orders_list",
        tags=TAGS,
        summary=_("List orders"),
        description=_("Own ones and those this account pays for, or those of a member that shows them; newest first."),
        parameters=[OrderQuery],
        responses=envelope(OrderOut),
    ),
    post=extend_schema(
        operation_id="orders_create",
        tags=TAGS,
        summary=_("Place an order"),
        description=_("Fixes the price for half an hour. Nothing is paid yet: that is a call of its own."),
        request=WantedIn,
        responses={201: OrderOut},
        examples=[
            OpenApiExample("new", {"kind": "new", "product": "ecs", "quantity": 2, "months": 12}, request_only=True),
            OpenApiExample("renewal", {"kind": "renew", "resource": 1, "months": 12}, request_only=True),
        ],
    ),
)
class Orders(OrderView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(OrderQuery(data=request.query_params.dict()))
        rows = self._wanted(query.get("relationship")).select_related(*SHOWN)
        if kind := query.get("kind"):
            rows = rows.filter(kind=kind)
        if state := query.get("state"):
            overdue = Q(pk__in=Order.objects.overdue())
            late = {Order.State.CANCELLED: Q(state=state) | overdue, Order.State.PENDING: Q(state=state) & ~overdue}
            rows = rows.filter(late.get(state, Q(state=state)))
        return self.listing(rows, OrderOut, limit=query["limit"])

    def _wanted(self, relationship_id: int | None) -> OrderQuerySet:
        if relationship_id is None:
            return Order.objects.visible_to(self.account)
        link = managed(self.account, relationship_id, Point.VIEW_ORDERS)
        note_look(actor=self.actor, relationship=link, page="orders", point=Point.VIEW_ORDERS)
        return Order.objects.filter(owner=link.member)

    def post(self, request: Request) -> Response:
        """201 with the order; its address in `Location`."""
        response = self.once(self.memory, lambda: self._place(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _place(self, request: Request) -> Outcome:
        asked = checked(WantedIn(data=request.data))
        more: dict[str, Any] = {"coupon_id": asked["coupon"], "key": self.ledger_key}
        more |= {"actor": self.actor, "account": self.account}
        if asked["kind"] == Order.Kind.NEW:
            product, quantity = product_of(asked["product"]), Decimal(asked["quantity"])
            placed = place_order(product_id=product.pk, quantity=quantity, months=asked["months"], **more)
        elif asked["kind"] == Order.Kind.RENEW:
            placed = renew_resource(resource_id=asked["resource"], months=asked["months"], **more)
        else:
            placed = modify_resource(resource_id=asked["resource"], quantity=Decimal(asked["quantity"]), **more)
        return 201, self.shown(placed.pk)


@extend_schema_view(
    get=extend_schema(operation_id="orders_read", tags=TAGS, summary=_("Read an order"), responses=OrderOut)
)
class OneOrder(OrderView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))


class Act(OrderView):
    """What is done with one order."""

    def act(self, pk: int) -> Order:
        """By the service; answers the order to be shown."""
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the order as it stands then."""
        self.shown(pk)
        done: Callable[[], Outcome] = lambda: (200, self.shown(self.act(pk).pk))  # noqa: E731
        return self.once(self.memory, done)


@extend_schema_view(
    post=extend_schema(
        operation_id="orders_pay",
        tags=TAGS,
        summary=_("Pay an order"),
        description=_("Whole or not at all: vouchers that fit, then cash, then credit; under trusteeship the manager."),
        request=None,
        responses={200: OrderOut},
    )
)
class Pay(Act):
    """Pays it."""

    def act(self, pk: int) -> Order:
        """Once, however often it is asked for."""
        return pay_order(actor=self.actor, order_id=pk)


@extend_schema_view(
    post=extend_schema(
        operation_id="orders_cancel",
        tags=TAGS,
        summary=_("Cancel an order"),
        description=_("It is not going to be paid. It stays in the list as cancelled."),
        request=None,
        responses={200: OrderOut},
    )
)
class Cancel(Act):
    """Ends it."""

    def act(self, pk: int) -> Order:
        """A cancelled one stays as it is."""
        return cancel_order(actor=self.actor, order_id=pk)


@extend_schema_view(
    post=extend_schema(
        operation_id="orders_refund",
        tags=TAGS,
        summary=_("Give back what an order brought"),
        description=_(
            "The resource is released and what the rest of its time is worth goes to who paid; the refund is answered."
        ),
        request=None,
        responses={200: OrderOut},
    )
)
class Refund(Act):
    """Gives it back."""

    def act(self, pk: int) -> Order:
        """The refund, an order of its own."""
        return refund_order(actor=self.actor, order_id=pk, key=self.ledger_key)
