"""What makes list prices lower: contract discounts that count for the account, and promotions for everybody."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from accounts.permissions import Point
from config.api.view import checked
from finance.api.base import BillsView
from finance.api.order_inputs import MemberQuery
from finance.models import Promotion
from finance.offer_serializers import DiscountOut, PromotionOut
from finance.offers import discounts_of

TAGS = ["orders"]


@extend_schema_view(
    get=extend_schema(
        operation_id="discounts_list",
        tags=TAGS,
        summary=_("List contract discounts"),
        description=_(
            "The account's own, past ones too, and those of its manager that count now: because it inherits them, or "
            "because the manager pays. Of a member: its own and yours."
        ),
        parameters=[MemberQuery],
        responses=envelope(DiscountOut),
    )
)
class Discounts(BillsView):
    """By contract."""

    def get(self, request: Request) -> Response:
        """One page; a member's where it shows contract data, and nothing that it has from a third account."""
        query = checked(MemberQuery(data=request.query_params.dict()))
        owner = self.whose(query.get("relationship"), Point.VIEW_INVOICES, page="discounts")
        rows = discounts_of(account=owner, at=timezone.now()).rows
        if owner != self.account:
            rows = rows.filter(Q(account=owner) | Q(account=self.account))
        return self.listing(rows, DiscountOut, limit=query["limit"])


@extend_schema_view(
    get=extend_schema(
        operation_id="promotions_list",
        tags=TAGS,
        summary=_("List promotions"),
        description=_("Those that hold now, for everybody; each price says which of them it contains."),
        parameters=[Query],
        responses=envelope(PromotionOut),
    )
)
class Promotions(BillsView):
    """For a while."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Promotion.objects.valid().select_related("product", "category")
        return self.listing(rows, PromotionOut, limit=query["limit"])
