"""What the API of commitments and discounts answers: each serializer is one shape of the description."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from finance.models import Commitment, CommitmentUse, Discount
from finance.models.product import Cycle, PayMode
from finance.order_serializers import NumberOut, ScopeOut
from finance.serializers import SideOut


class CommitmentOut(serializers.Serializer[Commitment]):
    """Capacity bought ahead: so much of the usage of each billing cycle is covered, what a cycle leaves is lost."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Commitment.Kind.choices)
    scope = ScopeOut(source="*")
    per_cycle = NumberOut(help_text=_("Units of the product; for a savings plan yuan at list price."))
    unit = serializers.SerializerMethodField(help_text=_("Of the product; empty for a savings plan."))
    cycle = serializers.SerializerMethodField()
    shared = serializers.BooleanField(help_text=_("Members that the account pays for use what it leaves."))
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()

    def get_unit(self, row: Commitment) -> str:
        """What is counted."""
        return row.product.unit if row.product else ""

    @extend_schema_field(serializers.ChoiceField(Cycle.choices))
    def get_cycle(self, row: Commitment) -> str:
        """The product's; a savings plan has one of its own."""
        return row.product.cycle if row.product else row.cycle


class CommitmentUseOut(serializers.Serializer[CommitmentUse]):
    """What was covered of one bill line; below zero where a correction took usage back."""

    id = serializers.IntegerField()
    consumer = SideOut(help_text=_("Who used it."))
    product = serializers.CharField(source="line.product.code")
    instance = serializers.CharField(source="line.instance")  # type: ignore[assignment]  # the base class keeps one
    line = serializers.IntegerField(source="line_id", help_text=_("The id of the bill line."))
    cycle_start = serializers.DateTimeField()
    cycle_end = serializers.DateTimeField(source="line.cycle_end")
    quantity = NumberOut(help_text=_("Units of the product that were covered; zero for a savings plan."))
    amount = NumberOut(help_text=_("In yuan at list price."))


class DiscountOut(serializers.Serializer[Discount]):
    """A contract discount. The narrowest counts: for the product, else for its category, else for everything."""

    id = serializers.IntegerField()
    account = SideOut(help_text=_("With whom it is agreed: this account, its manager, or whoever pays for it."))
    scope = ScopeOut(source="*")
    rate = NumberOut(help_text=_("The share of the list price that is paid."))
    inheritable = serializers.BooleanField()
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)


class PromotionOut(serializers.Serializer[Any]):
    """A discount for everybody."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    scope = ScopeOut(source="*")
    pay_mode = serializers.ChoiceField(PayMode.choices, allow_blank=True, help_text=_("Empty: however it is paid."))
    rate = NumberOut(help_text=_("The share of the list price that is paid."))
    with_contract = serializers.BooleanField(
        help_text=_("On top of a contract discount; otherwise instead of it, where that is cheaper.")
    )
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
