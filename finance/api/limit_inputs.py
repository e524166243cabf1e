"""What the API of limits takes: shape only, the services judge the rest."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from finance import policy
from finance.api.inputs import AmountField
from finance.models import Budget, PurchaseStop, Suspension

PK: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


def _percents(text: Any) -> serializers.ListField:
    whole = serializers.IntegerField(min_value=1, max_value=policy.BUDGET_PERCENT_MOST)
    return serializers.ListField(child=whole, required=False, max_length=policy.BUDGET_THRESHOLDS_MAX, help_text=text)


class BudgetChangeIn(Strict):
    """What shall be different; what is not sent stays."""

    name = serializers.CharField(required=False, max_length=60)
    amount = AmountField(required=False, help_text=_("A month, in yuan, as text with at most two decimal places."))
    relationship = serializers.IntegerField(
        required=False, allow_null=True, help_text=_("The id of the relationship: this member alone."), **PK
    )
    folder = serializers.IntegerField(
        required=False, allow_null=True, help_text=_("Every member in this folder and below it."), **PK
    )
    product = serializers.CharField(
        required=False, allow_null=True, max_length=40, help_text=_("The product's code: this product alone.")
    )
    actual = _percents(_("Tell at these per cent spent."))
    forecast = _percents(_("Tell at these per cent expected."))
    action = serializers.ChoiceField(Budget.Action.choices, required=False)
    active = serializers.BooleanField(required=False, help_text=_("False pauses it."))


class BudgetIn(BudgetChangeIn):
    """A new one. Without relationship and folder it covers everything that the account uses and manages."""

    name = serializers.CharField(max_length=60)
    amount = AmountField(help_text=_("A month, in yuan, as text with at most two decimal places."))
    active = None  # type: ignore[assignment]  # a new one counts


class AlertsIn(Strict):
    """One threshold for the account itself, or for many members."""

    threshold = AmountField(help_text=_("Told when less is available, in yuan."))
    relationships = serializers.ListField(
        child=serializers.IntegerField(**PK),
        required=False,
        allow_empty=False,
        max_length=policy.ALLOTMENTS_PER_BATCH_MAX,
        help_text=_("The ids of relationships; without them it is about the account itself."),
    )


class StopIn(Strict):
    """Whom to stop, and why."""

    relationship = serializers.IntegerField(help_text=_("The id of a relationship."), **PK)
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200, help_text=_("The member reads it.")
    )


class StopQuery(Query):
    """Narrows the stops."""

    state = serializers.ChoiceField(PurchaseStop.State.choices, required=False)


class SuspensionQuery(Query):
    """Narrows the suspensions."""

    state = serializers.ChoiceField(Suspension.State.choices, required=False)
