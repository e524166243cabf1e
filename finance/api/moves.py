"""Cash to a member and back."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import Outcome, checked
from finance.api.base import FundsView
from finance.api.inputs import MoveIn
from finance.models import Allotment
from finance.serializers import FlowOut
from finance.services.allotments import allot_funds, recall_funds

TAGS = ["funds"]


class Move(FundsView):
    """One movement."""

    act: ClassVar[Callable[..., Allotment]]

    def post(self, request: Request) -> Response:
        """201 with the flow; its address in `Location`."""
        response = self.once(self.memory, lambda: self._move(request))
        response.headers["Location"] = request.build_absolute_uri(f"../flows/{response.data['id']}/")
        return response

    def _move(self, request: Request) -> Outcome:
        asked = checked(MoveIn(data=request.data))
        done = type(self).act(
            actor=self.actor,
            relationship_id=asked["relationship"],
            amount=asked["amount"],
            note=asked["note"],
            key=self.ledger_key,
        )
        shown: dict[str, Any] = dict(FlowOut(done, context=self.serializer_context()).data)
        return 201, shown


@extend_schema_view(
    post=extend_schema(
        operation_id="allotments_create",
        tags=TAGS,
        summary=_("Allot cash to a member"),
        description=_("From own cash, more than 0.01 yuan. What does not suffice is refused whole."),
        request=MoveIn,
        responses={201: FlowOut},
        examples=[
            OpenApiExample("allotment", {"relationship": 1, "amount": "3000.00", "note": "三月预算"}, request_only=True)
        ],
    )
)
class Allotments(Move):
    """To a member."""

    act = staticmethod(allot_funds)


@extend_schema_view(
    post=extend_schema(
        operation_id="recalls_create",
        tags=TAGS,
        summary=_("Recall cash from a member"),
        description=_("At most what is left of the own allotments; whole or not at all."),
        request=MoveIn,
        responses={201: FlowOut},
        examples=[OpenApiExample("recall", {"relationship": 1, "amount": "500.00"}, request_only=True)],
    )
)
class Recalls(Move):
    """Back from a member."""

    act = staticmethod(recall_funds)
