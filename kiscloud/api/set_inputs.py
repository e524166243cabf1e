"""What the API of account sets takes: shape only, the services judge the rest."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from kiscloud.forms.account_sets import read_month
from kiscloud.set_parameters import CODE_DIGITS_MAX, LENGTHS, Parameters, TaxKind, Template
from kiscloud.set_users import NAME_LENGTH


class SetQuery(Query):
    """Narrows the list of sets."""

    product = serializers.IntegerField(required=False, min_value=1, help_text=_("The id of a product."))


class SetUserQuery(Query):
    """Narrows the list of users."""

    q = serializers.CharField(required=False, max_length=60, help_text=_("Part of a name, or a whole mobile number."))


class SetIn(Strict):
    """A new set."""

    product = serializers.IntegerField(min_value=1, help_text=_("The id of a product."))
    name = serializers.CharField(max_length=80)
    company = serializers.CharField(max_length=120, help_text=_("As it stands on vouchers and reports."))
    start_month = serializers.CharField(max_length=10, help_text=_("The first period, like 2026-03."))
    tax_kind = serializers.ChoiceField(TaxKind.choices, default=TaxKind.GENERAL)
    template = serializers.ChoiceField(Template.choices, default=Template.SMALL_BUSINESS)
    audit_first = serializers.BooleanField(
        default=True, help_text=_("Somebody else than its maker audits a voucher before it is posted.")
    )
    code_lengths = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=CODE_DIGITS_MAX),
        default=list(LENGTHS),
        max_length=CODE_DIGITS_MAX,
        help_text=_("Digits that each level of a code adds."),
    )

    def validate_start_month(self, value: str) -> int:
        """As the set keeps it."""
        try:
            return int(read_month(value).replace("-", ""))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


def parameters_from(asked: "dict[str, Any]") -> Parameters:
    """As the service takes them."""
    chosen = {name: asked[name] for name in ("company", "start_month", "tax_kind", "template", "audit_first")}
    return Parameters(**chosen, code_lengths=tuple(asked["code_lengths"]))


class SetUserIn(Strict):
    """Somebody for a set, by mobile number."""

    mobile = serializers.CharField(
        max_length=30, help_text=_("Somebody unknown gets a login that waits for a password.")
    )
    name = serializers.CharField(max_length=NAME_LENGTH, help_text=_("Used where the address book has no name yet."))


class SetUserChangeIn(Strict):
    """What is to be different. Only disabled users can be deleted."""

    name = serializers.CharField(required=False, max_length=NAME_LENGTH)
    is_admin = serializers.BooleanField(required=False)
    enabled = serializers.BooleanField(required=False)
