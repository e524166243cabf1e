"""What the API of funds takes: shape only, the services judge the rest."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from accounts.forms.filters import EARLIEST, LATEST
from config.errors import InputError
from finance import policy
from finance.models import Allotment, TopUp
from finance.money import parse_amount


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 40, "examples": ["1234.50"]})
class AmountField(serializers.Field[Decimal, str, str, Any]):
    """Yuan as text: a number in JSON would pass through a float on its way."""

    default_error_messages = {"not_text": _("Send the amount as text, such as “1234.50”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        """Exactly what the text states, or the reason why it states nothing."""
        if not isinstance(data, str):
            self.fail("not_text")
        try:
            return parse_amount(data)
        except InputError as error:
            raise serializers.ValidationError(str(error)) from error


class MoveIn(Strict):
    """How much to or from which member."""

    relationship = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text=_("The id of a relationship."))
    amount = AmountField(help_text=_("In yuan, as text with at most two decimal places."))
    note = serializers.CharField(
        required=False, allow_blank=True, default="", help_text=_("Both sides read it; up to 200 characters.")
    )


class BatchIn(Strict):
    """Many at once."""

    lines = serializers.ListField(
        child=MoveIn(),
        allow_empty=False,
        max_length=policy.ALLOTMENTS_PER_BATCH_MAX,
        help_text=_("Each is done or refused by itself, in this order."),
    )


class CreditIn(Strict):
    """How much credit to or from which member."""

    relationship = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text=_("The id of a relationship."))
    amount = AmountField(help_text=_("In yuan, as text with at most two decimal places."))


class TopUpIn(Strict):
    """A payment that will come."""

    amount = AmountField(help_text=_("In yuan, as text with at most two decimal places."))
    channel = serializers.ChoiceField(TopUp.Channel.choices, default=TopUp.Channel.BANK)


class DayQuery(Query):
    """Narrows a list to some days."""

    since = serializers.DateField(required=False, help_text=_("From the beginning of this day, Beijing time."))
    until = serializers.DateField(required=False, help_text=_("To the end of this day, Beijing time."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Days that a calendar has, in their order."""
        for name in ("since", "until"):
            if name in attrs and not EARLIEST <= attrs[name] <= LATEST:
                raise serializers.ValidationError({name: [_now("This day is out of range.")]})
        if "since" in attrs and "until" in attrs and attrs["since"] > attrs["until"]:
            raise serializers.ValidationError({"until": [_now("The end lies before the beginning.")]})
        return attrs


class FlowQuery(DayQuery):
    """Narrows the fund flow."""

    direction = serializers.ChoiceField(Allotment.Direction.choices, required=False)
    member = serializers.RegexField(
        r"^[0-9]{10}$", required=False, help_text=_("The account number of the other side, ten digits.")
    )
