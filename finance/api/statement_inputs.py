"""What the API of statements and repayment plans takes: shape only, the services judge the rest."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from finance import policy
from finance.api.inputs import AmountField
from finance.forms.statements import OVERDUE, TO_REPAY
from finance.models import RepaymentPlan, Statement

ID_MAX = 2**63 - 1
STATES = [(OVERDUE, _("Overdue")), (TO_REPAY, _("To be repaid")), *Statement.State.choices]


class StatementQuery(Query):
    """Narrows the list of statements."""

    of = serializers.ChoiceField(
        [("own", _("Own statements")), ("members", _("Members' statements")), ("group", _("Whole group"))],
        default="own",
        help_text=_("The account's own, those of members that let it see theirs, or all of these."),
    )
    month = serializers.DateField(required=False, input_formats=["%Y-%m"], help_text=_("Such as 2026-06."))
    state = serializers.ChoiceField(STATES, required=False)
    member = serializers.RegexField(r"^[0-9]{10}$", required=False, help_text=_("An account number, ten digits."))
    folder = serializers.IntegerField(
        required=False, min_value=1, max_value=ID_MAX, help_text=_("Of members in this folder and below it.")
    )


class RepaymentIn(Strict):
    """How much of a statement."""

    amount = AmountField(required=False, help_text=_("In yuan, as text. Left out: all that is not disputed."))


class DisputeIn(Strict):
    """A line that is wrong."""

    line = serializers.IntegerField(min_value=1, max_value=ID_MAX, help_text=_("The id of the bill line."))
    amount = AmountField(help_text=_("In yuan, as text with at most two decimal places."))
    reason = serializers.CharField(help_text=_("What is wrong; up to 200 characters."))


class PlanIn(Strict):
    """A plan to be made."""

    name = serializers.CharField(help_text=_("Up to 60 characters."))
    statements = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        allow_empty=False,
        max_length=policy.PLAN_ITEMS_MAX,
        help_text=_("Ids of confirmed statements of members that let the account repay them."),
    )
    order = serializers.ChoiceField(RepaymentPlan.Order.choices, default=RepaymentPlan.Order.OLDEST_DUE)
    consent = serializers.BooleanField(
        help_text=_("True: the cash balance of the account is used to repay the other accounts in this plan.")
    )

    def validate_consent(self, value: Any) -> bool:
        """As it is; the service says what is missing without it."""
        return bool(value)
