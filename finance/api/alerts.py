"""Low-balance alerts by the API."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.problems import plain_facts
from config.api.view import Outcome, checked
from config.errors import DomainError, NotFound
from finance.api.base import BillsView
from finance.api.limit_inputs import AlertsIn
from finance.limit_serializers import AlertOut, AlertsOut
from finance.models import BalanceAlert
from finance.services.alerts import clear_alert, set_alert, set_alerts

TAGS = ["alerts"]


@extend_schema_view(
    get=extend_schema(
        operation_id="alerts_list",
        tags=TAGS,
        summary=_("List low-balance alerts"),
        description=_("Those that this account set, about itself and about members, newest first."),
        parameters=[Query],
        responses=envelope(AlertOut),
    ),
    post=extend_schema(
        operation_id="alerts_set",
        tags=TAGS,
        summary=_("Set a low-balance alert"),
        description=_(
            "For the account itself, or one threshold for many members. Each line is set or refused by itself; a "
            "member that does not show its balance is refused."
        ),
        request=AlertsIn,
        responses={200: AlertsOut},
        examples=[OpenApiExample("alerts", {"threshold": "500.00", "relationships": [1, 2]}, request_only=True)],
    ),
)
class Alerts(BillsView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = BalanceAlert.objects.filter(watcher=self.account).select_related("account")
        return self.listing(rows, AlertOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """200 with the result of each line."""
        return self.once(self.memory, lambda: self._set(request))

    def _set(self, request: Request) -> Outcome:
        asked = checked(AlertsIn(data=request.data))
        who: dict[str, Any] = {"actor": self.actor, "account": self.account, "threshold": asked["threshold"]}
        if "relationships" in asked:
            found = set_alerts(**who, relationship_ids=asked["relationships"])
            lines = [_line(row.relationship.pk, row.alert, row.error) for row in found]
        else:
            lines = [_line(None, set_alert(**who), None)]
        return 200, dict(AlertsOut(_answer(lines)).data)


@extend_schema_view(
    delete=extend_schema(
        operation_id="alerts_clear",
        tags=TAGS,
        summary=_("Give up a low-balance alert"),
        description=_("Nobody is told any more."),
        responses={200: AlertOut},
    )
)
class OneAlert(BillsView):
    """One of them."""

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with what was given up."""
        return self.once(self.memory, lambda: self._clear(pk))

    def _clear(self, pk: int) -> Outcome:
        alert = BalanceAlert.objects.filter(watcher=self.account, pk=pk).select_related("account").first()
        if alert is None:
            raise NotFound()
        shown = dict(AlertOut(alert).data)
        clear_alert(actor=self.actor, alert_id=pk)
        return 200, shown


def _line(relationship: int | None, alert: BalanceAlert | None, error: DomainError | None) -> dict[str, Any]:
    return {"relationship": relationship, "alert": alert, "refusal": _refusal(error) if error else None}


def _refusal(error: DomainError) -> dict[str, Any]:
    detail = f"{error} {error.hint}".strip()
    return {"code": error.code, "rule": error.rule, "detail": detail, "facts": plain_facts(error.facts)}


def _answer(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    refused = sum(1 for line in lines if line["refusal"] is not None)
    return {"done": len(lines) - refused, "refused": refused, "lines": lines}
