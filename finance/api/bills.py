"""Bills and what they add up to, for a business system."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Relationship
from accounts.permissions import Point
from accounts.services.looks import note_looks
from config.api.view import checked
from finance.api.base import BillsView
from finance.api.bill_inputs import BillQuery, SpendingQuery, asked_of
from finance.bill_groups import grouped, named, rows_for
from finance.bill_serializers import BilledOut, BillGroupOut, BillLineOut, BillSumsOut
from finance.billed import billed_so_far
from finance.bills import Rows, line_seen, lines_of, members_looked_at, sums_of, totals_of
from finance.services.trusts import is_trusteed

TAGS = ["bills"]
SHOWN = ("statement", "product", "owner", "payer")


def _page(name: str, item: serializers.Serializer[Any]) -> Any:
    links = {link: serializers.URLField(allow_null=True) for link in ("next", "previous")}
    first = {"sums": BillSumsOut(allow_null=True), "billed": BilledOut(allow_null=True)}
    return inline_serializer(name, {"data": item, **links, **first})


class _Bills(BillsView):
    """What the views of bills share."""

    def note(self, links: Collection[Relationship]) -> None:
        """Members read in their logs that their own bills were looked at."""
        note_looks(actor=self.actor, relationships=links, page="bills", point=Point.VIEW_BILLS)

    def with_sums(self, answer: Response, query: Mapping[str, Any], rows: Rows) -> Response:
        """Of all that was asked for, and how far usage is billed, on the first page."""
        first = "after" not in query and "before" not in query
        answer.data["sums"] = BillSumsOut(sums_of(rows)).data if first else None
        answer.data["billed"] = self._billed(query["scope"]) if first else None
        return answer

    def _billed(self, scope: str) -> Mapping[str, Any] | None:
        """None while a manager pays: usage comes onto its bill (A2.10)."""
        now = timezone.now()
        if is_trusteed(account=self.account, at=now):
            return None
        return BilledOut(billed_so_far(self.account, scope, at=now)).data


@extend_schema_view(
    get=extend_schema(
        operation_id="bills_list",
        tags=TAGS,
        summary=_("List bill lines"),
        description=_(
            "What this account pays, members that it pays for included, newest first. Sums, and how far usage is "
            "billed, on the first page."
        ),
        parameters=[BillQuery],
        responses=_page("BillPage", BillLineOut(many=True)),
    )
)
class Bills(_Bills):
    """The lines."""

    def get(self, request: Request) -> Response:
        """One page, narrowed as asked."""
        query = checked(BillQuery(data=request.query_params.dict()))
        asked = asked_of(query)
        self.note(members_looked_at(self.account, asked))
        rows = lines_of(self.account, asked).select_related(*SHOWN)
        answer = self.listing(rows, BillLineOut, limit=query["limit"], order=("-billed_at", "-id"))
        return self.with_sums(answer, query, totals_of(self.account, asked))


@extend_schema_view(
    get=extend_schema(operation_id="bills_read", tags=TAGS, summary=_("Read a bill line"), responses=BillLineOut)
)
class OneBill(_Bills):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """With every step of its price."""
        line, link = line_seen(self.account, pk)
        self.note([link] if link else [])
        return Response(BillLineOut(line).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="spending_list",
        tags=TAGS,
        summary=_("Add up spending"),
        description=_(
            "By month, day, product, account, folder or instance; by month it is a year unless a time is given. "
            "By folder: those in the folder asked for, each with everything below it, and what lies directly in it "
            "or in none."
        ),
        parameters=[SpendingQuery],
        responses=_page("SpendingPage", BillGroupOut(many=True)),
    )
)
class Spending(_Bills):
    """Totals."""

    def get(self, request: Request) -> Response:
        """One page in the dimension that was asked for."""
        query = checked(SpendingQuery(data=request.query_params.dict()))
        by, asked = query["by"], asked_of(query)
        self.note(members_looked_at(self.account, asked))
        totals, order = grouped(rows_for(self.account, asked, by), by)
        answer = self.listing(
            totals, BillGroupOut, limit=query["limit"], order=order, prepare=lambda rows: named(by, rows)
        )
        return self.with_sums(answer, query, totals_of(self.account, asked))
