"""What the API of products, orders and vouchers answers: each serializer is one shape of the description."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from finance.breakdown import lines_of
from finance.models import Coupon, Order, Resource, Voucher
from finance.models.product import Cycle, PayMode
from finance.serializers import SideOut, Yuan


class NumberOut(serializers.DecimalField):
    """A number as text, without noughts at its end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=24, decimal_places=8, normalize_output=True, **options)

    def to_representation(self, value: Any) -> Any:
        """Never an exponent: `1000`, not `1E+3`."""
        return f"{Decimal(value).normalize():f}"


class ScopeOut(serializers.Serializer[Any]):
    """What an offer is for: one product, one category, or everything."""

    product = serializers.CharField(source="product.code", default=None, allow_null=True)
    category = serializers.CharField(source="category.code", default=None, allow_null=True)


class TierOut(serializers.Serializer[Any]):
    """The units above this number cost so much each, up to the next tier."""

    above = NumberOut()
    unit_price = NumberOut(help_text=_("In yuan a unit; for prepaid products a unit and month."))


class ProductOut(serializers.Serializer[Any]):
    """Something on sale, with the list price of this moment."""

    code = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField(source="category.code")
    pay_mode = serializers.ChoiceField(PayMode.choices)
    cycle = serializers.ChoiceField(Cycle.choices)
    unit = serializers.CharField()
    tiers = TierOut(many=True, help_text=_("Empty while it has no price, and then it cannot be ordered."))


class StepOut(serializers.Serializer[Any]):
    """One step of a price; all of them add up to what is to be paid, but for its rounding."""

    step = serializers.CharField(source="label")
    how = serializers.CharField()
    amount = Yuan()


class PriceOut(serializers.Serializer[Any]):
    """What something costs and how that comes about."""

    list_amount = Yuan()
    discount = Yuan()
    coupon = Yuan()
    payable = Yuan(help_text=_("Below zero where money goes back."))
    steps = StepOut(many=True)


class OrderOut(serializers.Serializer[Order]):
    """One order."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Order.Kind.choices)
    state = serializers.SerializerMethodField()
    owner = SideOut()
    payer = SideOut(help_text=_("Under trusteeship the manager."))
    product = serializers.CharField(source="product.code")
    quantity = NumberOut()
    months = serializers.IntegerField()
    list_amount = Yuan()
    payable = Yuan(help_text=_("Below zero where money goes back."))
    steps = serializers.SerializerMethodField()
    coupon = serializers.IntegerField(source="coupon_id", allow_null=True)
    resource = serializers.IntegerField(source="resource_id", allow_null=True)
    refunds = serializers.IntegerField(source="refunds_id", allow_null=True, help_text=_("The order it gives back."))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text=_("Until when it can be paid at this price."))
    paid_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(Order.State.choices))
    def get_state(self, row: Order) -> str:
        """Judged at this moment."""
        return row.state_at(at=timezone.now()).value

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, row: Order) -> list[dict[str, Any]]:
        """How the price came about."""
        return [dict(StepOut(line).data) for line in lines_of(row.price, unit=row.product.unit)]


class ResourceOut(serializers.Serializer[Resource]):
    """Something bought ahead."""

    id = serializers.IntegerField()
    instance = serializers.CharField()  # type: ignore[assignment]  # a field, which the base class keeps apart
    product = serializers.CharField(source="product.code")
    quantity = NumberOut()
    state = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    worthless_since = serializers.DateTimeField(
        allow_null=True, help_text=_("What was bought before can be used, but is worth nothing when given back.")
    )

    @extend_schema_field(serializers.ChoiceField(Resource.State.choices))
    def get_state(self, row: Resource) -> str:
        """Judged at this moment."""
        return str(row.state if row.ends_at > timezone.now() else Resource.State.RELEASED)


class VoucherOut(serializers.Serializer[Voucher]):
    """A voucher."""

    id = serializers.IntegerField()
    face = Yuan()
    balance = Yuan(help_text=_("What is left."))
    scope = ScopeOut(source="*")
    pay_mode = serializers.ChoiceField(PayMode.choices, allow_blank=True)
    least = Yuan(help_text=_("From an amount of."))
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()


class CouponOut(serializers.Serializer[Coupon]):
    """A coupon: an amount off, or a share that is paid."""

    id = serializers.IntegerField()
    off = Yuan(allow_null=True)
    rate = NumberOut(allow_null=True)
    scope = ScopeOut(source="*")
    least = Yuan(help_text=_("From an amount of."))
    pay_mode = serializers.ChoiceField(
        PayMode.choices, help_text=_("One for what is paid as you go is used by itself, for one bill line.")
    )
    with_discount = serializers.BooleanField()
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)
    line = serializers.IntegerField(source="line_id", allow_null=True, help_text=_("The bill line that it served."))
