"""What was bought ahead, and what makes it cheaper: to read."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import checked
from finance.api.base import BillsView
from finance.models import Coupon, Resource, Voucher
from finance.order_serializers import CouponOut, ResourceOut, VoucherOut

TAGS = ["orders"]


@extend_schema_view(
    get=extend_schema(
        operation_id="resources_list",
        tags=TAGS,
        summary=_("List resources"),
        description=_("What this account bought ahead, released ones too; newest first."),
        parameters=[Query],
        responses=envelope(ResourceOut),
    )
)
class Resources(BillsView):
    """What runs, and until when."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Resource.objects.filter(owner=self.account).select_related("product")
        return self.listing(rows, ResourceOut, limit=query["limit"])


@extend_schema_view(
    get=extend_schema(
        operation_id="vouchers_list",
        tags=TAGS,
        summary=_("List vouchers"),
        description=_("They pay by themselves what fits; newest first."),
        parameters=[Query],
        responses=envelope(VoucherOut),
    )
)
class Vouchers(BillsView):
    """What pays in place of money."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Voucher.objects.filter(account=self.account).select_related("product", "category")
        return self.listing(rows, VoucherOut, limit=query["limit"])


@extend_schema_view(
    get=extend_schema(
        operation_id="coupons_list",
        tags=TAGS,
        summary=_("List coupons"),
        description=_("Name one by its id when you place an order; newest first."),
        parameters=[Query],
        responses=envelope(CouponOut),
    )
)
class Coupons(BillsView):
    """What makes one order cheaper."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Coupon.objects.filter(account=self.account).select_related("product", "category")
        return self.listing(rows, CouponOut, limit=query["limit"])
