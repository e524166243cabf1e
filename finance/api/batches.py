"""Cash to many members and back, each line done or refused by itself."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.problems import plain_facts
from config.api.view import Outcome, checked
from finance.api.base import FundsView
from finance.api.inputs import BatchIn
from finance.models import Allotment
from finance.serializers import BatchOut
from finance.services.batch_moves import Line, LineResult, move_batch

TAGS = ["funds"]
EXAMPLE = {
    "lines": [{"relationship": 1, "amount": "3000.00", "note": "三月预算"}, {"relationship": 2, "amount": "50.00"}]
}


class Batch(FundsView):
    """Many movements in one transaction with their answer."""

    direction: ClassVar[str]

    def post(self, request: Request) -> Response:
        """200 with the result of each line."""
        return self.once(self.memory, lambda: self._move(request))

    def _move(self, request: Request) -> Outcome:
        asked = checked(BatchIn(data=request.data))
        lines = [Line(line["relationship"], line["amount"], line["note"]) for line in asked["lines"]]
        results = move_batch(
            actor=self.actor, manager=self.account, direction=self.direction, lines=lines, key=self.ledger_key
        )
        return 200, dict(BatchOut(_answer(results), context=self.serializer_context()).data)


def _answer(results: list[LineResult]) -> dict[str, Any]:
    done = [result.allotment for result in results if result.allotment is not None]
    return {
        "done": len(done),
        "refused": len(results) - len(done),
        "amount": sum(allotment.amount for allotment in done),
        "lines": [
            {
                "relationship": result.line.relationship_id,
                "amount": result.line.amount,
                "flow": result.allotment,
                "refusal": _refusal(result),
            }
            for result in results
        ],
    }


def _refusal(result: LineResult) -> dict[str, Any] | None:
    if (error := result.refusal) is None:
        return None
    detail = f"{error} {error.hint}" if error.hint else str(error)
    return {"code": error.code, "rule": error.rule, "detail": detail, "facts": plain_facts(error.facts)}


def _described(operation: str, summary: Any) -> Any:
    return extend_schema_view(
        post=extend_schema(
            operation_id=operation,
            tags=TAGS,
            summary=summary,
            description=_(
                "Lines are done in their order. A line that is refused moves nothing and says why; the others are done "
                "all the same. A body with a wrong value moves nothing at all: 422."
            ),
            request=BatchIn,
            responses={200: BatchOut},
            examples=[OpenApiExample("batch", EXAMPLE, request_only=True)],
        )
    )


@_described("allotments_batch", _("Allot cash to many members"))
class AllotmentBatch(Batch):
    """To many members."""

    direction = Allotment.Direction.ALLOT


@_described("recalls_batch", _("Recall cash from many members"))
class RecallBatch(Batch):
    """Back from many members."""

    direction = Allotment.Direction.RECALL
