"""What the API of limits answers: budgets, alerts, stops of purchases, suspensions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from finance.models import BalanceAlert, Budget, PurchaseStop, Suspension
from finance.serializers import RefusalOut, SideOut, Yuan

RELATIONSHIP = _("The id of the relationship.")


class BudgetOut(serializers.Serializer[Any]):
    """A budget, and how the running month stands."""

    id = serializers.IntegerField(source="budget.pk")
    name = serializers.CharField(source="budget.name")
    amount = Yuan(source="budget.amount", help_text=_("A month."))
    relationship = serializers.IntegerField(source="budget.relationship_id", allow_null=True, help_text=RELATIONSHIP)
    folder = serializers.IntegerField(source="budget.folder_id", allow_null=True)
    product = serializers.CharField(source="budget.product.code", allow_null=True, default=None)
    actual = serializers.ListField(
        child=serializers.IntegerField(), source="budget.actual", help_text=_("Told at these per cent spent.")
    )
    forecast = serializers.ListField(
        child=serializers.IntegerField(), source="budget.forecast", help_text=_("Told at these per cent expected.")
    )
    action = serializers.ChoiceField(Budget.Action.choices, source="budget.action")
    active = serializers.BooleanField(source="budget.active")
    month = serializers.DateField(help_text=_("Its first day."))
    spent = Yuan(source="spent.actual")
    expected = Yuan(source="spent.forecast", help_text=_("At the average of the last seven days."))
    created_at = serializers.DateTimeField(source="budget.created_at")


class AlertOut(serializers.Serializer[BalanceAlert]):
    """A threshold of this account, about itself or a member."""

    id = serializers.IntegerField()
    account = SideOut()
    threshold = Yuan()
    below_since = serializers.DateTimeField(allow_null=True, help_text=_("Null while the balance is not below it."))
    created_at = serializers.DateTimeField()


class AlertLineOut(serializers.Serializer[Any]):
    """What became of one row."""

    relationship = serializers.IntegerField(allow_null=True, help_text=_("Null for the account itself."))
    alert = AlertOut(allow_null=True)
    refusal = RefusalOut(allow_null=True)


class AlertsOut(serializers.Serializer[Any]):
    """What became of all of them."""

    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    lines = AlertLineOut(many=True)


class StopOut(serializers.Serializer[PurchaseStop]):
    """A stop of new purchases of a member."""

    id = serializers.IntegerField()
    relationship = serializers.IntegerField(source="relationship_id", help_text=RELATIONSHIP)
    member = SideOut(source="relationship.member")
    state = serializers.ChoiceField(PurchaseStop.State.choices)
    reason = serializers.CharField()
    budget = serializers.IntegerField(source="budget_id", allow_null=True, help_text=_("Null where set by hand."))
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class SuspensionOut(serializers.Serializer[Suspension]):
    """A service at risk, stopped, or running again."""

    id = serializers.IntegerField()
    owner = SideOut(help_text=_("Who uses it."))
    payer = SideOut(help_text=_("Who pays; its available amount alone decides."))
    product = serializers.CharField(source="product.code")
    state = serializers.ChoiceField(Suspension.State.choices)
    since = serializers.DateTimeField()
    stops_at = serializers.DateTimeField()
    suspended_at = serializers.DateTimeField(allow_null=True)
    resumed_at = serializers.DateTimeField(allow_null=True)
