"""What the API of bills answers."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from finance.models import BillLine
from finance.serializers import SideOut, Yuan


class Fine(serializers.DecimalField):
    """A figure on the way to an amount: text with up to eight places."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **options)

    def to_representation(self, value: Decimal) -> str:
        """Plain digits, never an exponent."""
        return f"{value:f}"


class BillSumsOut(serializers.Serializer[Any]):
    """Of a set of lines, every step of the price and every part of the payment."""

    lines = serializers.IntegerField()
    gross = Fine(help_text=_("At list price."))
    covered = Fine(help_text=_("By commitments."))
    discount = Fine()
    rounding = Fine()
    coupon = Yuan()
    payable = Yuan()
    voucher = Yuan()
    cash = Yuan()
    credit = Yuan()
    outstanding = Yuan(help_text=_("Unpaid when it was billed."))


class BilledOut(serializers.Serializer[Any]):
    """How far usage is billed; null while a manager pays for the account, because usage comes onto its bill."""

    until = serializers.DateTimeField(allow_null=True, help_text=_("Usage of cycles that ended by then is billed."))
    waiting = serializers.IntegerField(help_text=_("Earlier readings that are still checked and billed afterwards."))


class BillLineOut(serializers.Serializer[BillLine]):
    """One line: payable = gross − covered − discount − rounding − coupon = voucher + cash + credit + outstanding."""

    id = serializers.IntegerField()
    category = serializers.ChoiceField(BillLine.Category.choices)
    product = serializers.CharField(source="product.code")
    instance = serializers.CharField()  # type: ignore[assignment]
    owner = SideOut(help_text=_("Who used it."))
    payer = SideOut(help_text=_("On whose bill it stands."))
    month = serializers.DateField(source="statement.month", help_text=_("First day of the statement's month."))
    statement = serializers.IntegerField(source="statement_id")
    order = serializers.IntegerField(source="order_id", allow_null=True)
    receipt = serializers.IntegerField(source="transfer_id", allow_null=True, help_text=_("The id of the receipt."))
    cycle_start = serializers.DateTimeField()
    cycle_end = serializers.DateTimeField()
    revision = serializers.IntegerField()
    quantity = Fine()
    unit = serializers.CharField(source="product.unit")
    gross = Fine(help_text=_("At list price."))
    covered = Fine(help_text=_("By commitments."))
    rate = Fine(help_text=_("The share that is paid."))
    discount = Fine()
    rounding = Fine()
    coupon = Yuan()
    payable = Yuan()
    voucher = Yuan()
    cash = Yuan()
    credit = Yuan()
    outstanding = Yuan(help_text=_("Unpaid when it was billed."))
    billed_at = serializers.DateTimeField()


class BillGroupOut(serializers.Serializer[Any]):
    """One total; `asked` narrows `bills/` to its lines."""

    name = serializers.CharField()
    note = serializers.CharField()
    asked = serializers.DictField(child=serializers.CharField())
    sums = BillSumsOut()
