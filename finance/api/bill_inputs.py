"""What the API of bills may be asked: shape only."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError as Fault
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from finance.api.inputs import DayQuery
from finance.bill_groups import KEYS, MONTH, PRODUCT
from finance.bills import GROUP, PAID
from finance.forms.bills import PERIOD, MonthField
from finance.models import BillLine
from finance.spending import months_back

ID_MOST = 2**63 - 1


@extend_schema_field({"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$", "examples": ["2026-11"]})
class MonthIn(serializers.Field[date, str, str, Any]):
    """A month as `2026-11`."""

    def to_internal_value(self, data: Any) -> date:
        """Its first day."""
        try:
            return MonthField().clean(data)  # type: ignore[no-any-return]
        except Fault as error:
            raise serializers.ValidationError(error.messages) from error


class BillQuery(DayQuery):
    """Narrows bills. Without any time it is the running month."""

    month = MonthIn(required=False, help_text=_("A month of statements, such as 2026-11."))
    scope = serializers.ChoiceField(
        [("own", _("This account")), (GROUP, _("Everybody in the group"))],
        default="own",
        help_text=_("“group” adds the own bills of members that let this account see them."),
    )
    product = serializers.CharField(required=False, max_length=40, help_text=_("The code of a product."))
    category = serializers.CharField(required=False, max_length=40, help_text=_("The code of a category."))
    member = serializers.RegexField(
        r"^[0-9]{10}$", required=False, help_text=_("The account number of whoever used it, ten digits.")
    )
    folder = serializers.IntegerField(
        required=False, min_value=1, max_value=ID_MOST, help_text=_("With everything below it.")
    )
    directly = serializers.BooleanField(
        required=False, help_text=_("Only what lies directly in the folder; without a folder, what lies in none.")
    )
    kind = serializers.ChoiceField(BillLine.Category.choices, required=False)
    instance = serializers.CharField(required=False, max_length=100)
    paid = serializers.ChoiceField(sorted(PAID), required=False)
    statement = serializers.IntegerField(required=False, min_value=1, max_value=ID_MOST)


class SpendingQuery(BillQuery):
    """The same, and what is added up."""

    by = serializers.ChoiceField(sorted(KEYS), default=PRODUCT)


def asked_of(query: Mapping[str, Any]) -> dict[str, Any]:
    """For `finance.bills`: by month a year, anything else without a time the running month."""
    paging = {"limit", "after", "before", "by"}
    asked = {name: value for name, value in query.items() if name not in paging and value != "own"}
    if any(asked.get(name) for name in PERIOD):
        return asked
    month = timezone.localdate().replace(day=1)
    return asked | ({"since": months_back(month, 11)} if query.get("by") == MONTH else {"month": month})
