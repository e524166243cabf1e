"""Credit: what there is, and what members of the group are given of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account, Relationship
from config.api.view import Outcome, checked
from finance.api.base import FundsView
from finance.api.inputs import CreditIn
from finance.models import CreditAllotment, CreditLine
from finance.money import ZERO
from finance.reports import what_it_has
from finance.serializers import CreditMoveOut, CreditOut
from finance.services.credit import allot_credit, recall_credit

TAGS = ["credit"]


@extend_schema_view(
    get=extend_schema(operation_id="credit_read", tags=TAGS, summary=_("Own credit"), responses=CreditOut)
)
class Credit(FundsView):
    """Own credit."""

    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Now."""
        return Response(CreditOut(_credit_of(self.account)).data)


def _credit_of(account: Account) -> dict[str, Any]:
    have = what_it_has(account)
    moved = CreditAllotment.objects.filter(relationship__state__in=Relationship.IN_FORCE, amount__gt=ZERO)
    received = moved.filter(relationship__member=account).select_related("relationship__manager").order_by("pk")
    given = moved.filter(relationship__manager=account).aggregate(sum=Sum("amount"))["sum"]
    return {
        "limit": have.credit_limit,
        "used": have.credit_used,
        "left": have.credit_left,
        "lines": CreditLine.objects.filter(account=account).valid().order_by("pk"),
        "received": [{"manager": row.relationship.manager, "amount": row.amount} for row in received],
        "given": given or ZERO,
    }


class CreditMove(FundsView):
    """One movement of credit."""

    act: ClassVar[Callable[..., CreditAllotment]]

    def post(self, request: Request) -> Response:
        """200 with what the member holds now."""
        return self.once(self.memory, lambda: self._move(request))

    def _move(self, request: Request) -> Outcome:
        asked = checked(CreditIn(data=request.data))
        amount: Decimal = asked["amount"]
        row = type(self).act(actor=self.actor, relationship_id=asked["relationship"], amount=amount)
        answer = {
            "relationship": row.relationship_id,
            "amount": amount,
            "held": row.amount,
            "changed_at": row.changed_at,
        }
        return 200, dict(CreditMoveOut(answer).data)


def _described(operation: str, summary: Any, description: Any) -> Any:
    example = OpenApiExample("credit", {"relationship": 1, "amount": "20000.00"}, request_only=True)
    return extend_schema_view(
        post=extend_schema(
            operation_id=operation,
            tags=TAGS,
            summary=summary,
            description=description,
            request=CreditIn,
            responses={200: CreditMoveOut},
            examples=[example],
        )
    )


@_described(
    "credit_allot",
    _("Give credit to a member"),
    _("Within an enterprise group only, and no more than is unused of the own limit."),
)
class CreditAllotments(CreditMove):
    """To a member."""

    act = staticmethod(allot_credit)


@_described(
    "credit_recall", _("Take credit back from a member"), _("What the member uses has to be settled before that.")
)
class CreditRecalls(CreditMove):
    """Back from a member."""

    act = staticmethod(recall_credit)
