"""What the API of orders takes: shape only, the services judge the rest."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from finance import policy
from finance.models import Order

ID_MOST = 2**63 - 1
ORDERED = [(kind.value, kind.label) for kind in Order.Kind if kind != Order.Kind.REFUND]
NEEDED = {"new": ("product", "quantity", "months"), "renew": ("resource", "months"), "modify": ("resource", "quantity")}


class WantedIn(Strict):
    """What is ordered: new (product, quantity, months), renew (resource, months) or modify (resource, quantity)."""

    kind = serializers.ChoiceField(ORDERED, default="new")
    product = serializers.CharField(required=False, max_length=40, help_text=_("The code of a product."))
    resource = serializers.IntegerField(required=False, min_value=1, max_value=ID_MOST)
    quantity = serializers.IntegerField(required=False, min_value=1, max_value=policy.ORDER_QUANTITY_MOST)
    months = serializers.IntegerField(required=False, min_value=1, max_value=policy.ORDER_MONTHS_MOST)
    coupon = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=ID_MOST, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly what the kind needs."""
        needed = NEEDED[attrs["kind"]]
        wrong = {name: [_now("This is needed here.")] for name in needed if name not in attrs}
        others = {"product", "resource", "quantity", "months"} - set(needed)
        wrong |= {name: [_now("This has no meaning here.")] for name in others if name in attrs}
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class MemberQuery(Query):
    """Whose: this account's, or a member's."""

    relationship = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=ID_MOST,
        help_text=_("The id of a relationship: of that member. Left out: of the account itself."),
    )


class OrderQuery(MemberQuery):
    """Narrows the list of orders."""

    kind = serializers.ChoiceField(Order.Kind.choices, required=False)
    state = serializers.ChoiceField(Order.State.choices, required=False)
