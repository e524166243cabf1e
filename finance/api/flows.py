"""The fund flow of the key's account, and receipts that prove themselves."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import checked
from config.errors import NotFound
from finance.api.base import FundsView
from finance.api.inputs import FlowQuery
from finance.flows import flows_of, narrowed, sums_of
from finance.receipts import receipt_of
from finance.serializers import FlowOut, ReceiptOut, SumsOut

TAGS = ["flows"]
PAGE = inline_serializer(
    "FlowPage",
    {
        "data": FlowOut(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "sums": SumsOut(allow_null=True),
    },
)


@extend_schema_view(
    get=extend_schema(
        operation_id="flows_list",
        tags=TAGS,
        summary=_("List the fund flow"),
        description=_("Allotments and recalls on which this account is a side, newest first. Sums on the first page."),
        parameters=[FlowQuery],
        responses=PAGE,
    )
)
class Flows(FundsView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page, narrowed as asked."""
        query = checked(FlowQuery(data=request.query_params.dict()))
        rows = narrowed(self.account, {name: query.get(name) for name in ("direction", "since", "until")})
        if "member" in query:
            rows = rows.filter(
                Q(manager=self.account, member__number=query["member"])
                | Q(member=self.account, manager__number=query["member"])
            )
        shown = rows.select_related("manager", "member")
        answer = self.listing(shown, FlowOut, limit=query["limit"], order=("-created_at", "-id"))
        first = "after" not in query and "before" not in query
        answer.data["sums"] = SumsOut(sums_of(self.account, rows)).data if first else None
        return answer


@extend_schema_view(
    get=extend_schema(operation_id="flows_read", tags=TAGS, summary=_("Read a flow"), responses=FlowOut)
)
class OneFlow(FundsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it was done."""
        found = flows_of(self.account).select_related("manager", "member").filter(pk=pk).first()
        if found is None:
            raise NotFound()
        shown: Any = FlowOut(found, context=self.serializer_context()).data
        return Response(shown)


@extend_schema_view(
    get=extend_schema(
        operation_id="receipts_read",
        tags=TAGS,
        summary=_("Read a receipt"),
        description=_("The entries of the own books with their hashes, computed anew each time."),
        responses=ReceiptOut,
    )
)
class OneReceipt(FundsView):
    """Of one transfer."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """For whoever owns one of its books."""
        receipt = receipt_of(self.account, pk)
        return Response(ReceiptOut(receipt, context=self.serializer_context()).data)
