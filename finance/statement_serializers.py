"""What the API of statements and repayment plans answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from finance.models import BillLine, Dispute, PlanItem, RepaymentPlan, Statement
from finance.serializers import SideOut, Yuan

MONTH = "%Y-%m"


class StatementOut(serializers.Serializer[Statement]):
    """A month of one payer."""

    id = serializers.IntegerField()
    account = SideOut()
    month = serializers.DateField(format=MONTH, help_text=_("Such as 2026-06."))
    state = serializers.ChoiceField(Statement.State.choices)
    lines = serializers.IntegerField()
    payable = Yuan(help_text=_("What the month cost: vouchers, cash, credit and unpaid together."))
    voucher = Yuan()
    cash = Yuan()
    credit = Yuan(help_text=_("What was on credit when it was billed."))
    outstanding = Yuan(help_text=_("What nothing was there to pay with."))
    repaid = Yuan()
    waived = Yuan(help_text=_("Taken off by later credits; below zero where they count on other months."))
    due = Yuan(help_text=_("What is left to be repaid: credit + outstanding − repaid − waived."))
    overdue = serializers.BooleanField(source="is_overdue")
    issued_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class RepaymentOut(serializers.Serializer[Any]):
    """What was just repaid."""

    amount = Yuan()
    receipt = serializers.IntegerField(source="transfer", help_text=_("The id of the receipt."))
    statement = StatementOut()


class DisputeOut(serializers.Serializer[Dispute]):
    """An amount of a line that its payer doubts."""

    id = serializers.IntegerField()
    statement = serializers.IntegerField(source="statement_id", help_text=_("The id of the statement."))
    line = serializers.IntegerField(source="line_id", help_text=_("The id of the bill line."))
    amount = Yuan()
    reason = serializers.CharField()
    state = serializers.ChoiceField(Dispute.State.choices)
    answer = serializers.CharField()
    answer_by = serializers.DateTimeField(help_text=_("Until then our support answers."))
    credit_line = serializers.IntegerField(
        source="credit_line_id", allow_null=True, help_text=_("The id of the bill line by which it was credited.")
    )
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class StatementLineOut(serializers.Serializer[BillLine]):
    """A charge or refund of the month."""

    id = serializers.IntegerField()
    owner = SideOut(help_text=_("Which account used it."))
    product = serializers.CharField(source="product.code")
    category = serializers.ChoiceField(BillLine.Category.choices)
    instance = serializers.CharField()  # type: ignore[assignment]  # the name that the field has everywhere
    since = serializers.DateTimeField(source="cycle_start")
    until = serializers.DateTimeField(source="cycle_end")
    payable = Yuan()
    voucher = Yuan()
    cash = Yuan()
    credit = Yuan()
    outstanding = Yuan()


class PlanItemOut(serializers.Serializer[PlanItem]):
    """One statement of a plan."""

    statement = serializers.IntegerField(source="statement_id", help_text=_("The id of the statement."))
    account = SideOut(source="statement.account")
    month = serializers.DateField(source="statement.month", format=MONTH)
    amount = Yuan(help_text=_("What was to be repaid when the plan was made."))
    paid = Yuan(help_text=_("What the plan repaid of it."))
    state = serializers.ChoiceField(PlanItem.State.choices)
    reason = serializers.CharField(help_text=_("Why it was left out: dissolved, withdrawn, trusteed, cancelled."))


class PlanOut(serializers.Serializer[RepaymentPlan]):
    """A repayment plan with its statements."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(RepaymentPlan.State.choices)
    order = serializers.ChoiceField(RepaymentPlan.Order.choices)
    items = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(PlanItemOut(many=True))
    def get_items(self, plan: RepaymentPlan) -> list[dict[str, Any]]:
        """In the order in which they were put."""
        rows = sorted(plan.items.all(), key=lambda item: (item.position, item.pk))
        return [dict(PlanItemOut(item).data) for item in rows]
