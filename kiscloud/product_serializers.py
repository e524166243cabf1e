"""What the API of a company's products takes and answers."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.inputs import Strict
from config.errors import DomainError
from kiscloud.editions import Edition
from kiscloud.models import Subscription
from kiscloud.product_operations import Operation, refusals_of
from kiscloud.product_reports import Shown


class ProductIn(Strict):
    """Which product the company shall have."""

    edition = serializers.ChoiceField(Edition.choices)


class ActivationIn(Strict):
    """Both from the letter of the order."""

    serial = serializers.CharField(max_length=40, help_text=_("Looks like KIS-ZY-26-00000001."))
    cd_key = serializers.CharField(max_length=60, help_text=_("Upper or lower case, with or without dashes."))


class OperationOut(serializers.Serializer[Any]):
    """Something that can or cannot be done with a product now."""

    operation = serializers.ChoiceField([one.value for one in Operation])
    possible = serializers.BooleanField()
    code = serializers.CharField(help_text=_("Of the refusal that it would meet; else empty."))
    rule = serializers.CharField()
    reason = serializers.CharField(help_text=_("In the language of the call; empty where it is possible."))


class CompanyProductOut(serializers.Serializer[Shown]):
    """A product of the company, as it stands now."""

    id = serializers.IntegerField(source="product.id")
    edition = serializers.ChoiceField(Edition.choices, source="product.edition")
    name = serializers.CharField(source="product.get_edition_display")
    state = serializers.ChoiceField(Subscription.State.choices)
    cloud = serializers.ChoiceField(Subscription.Mode.choices, source="product.mode")
    serial = serializers.SerializerMethodField(help_text=_("With which it was activated last; else empty."))
    tried_at = serializers.DateTimeField(source="product.tried_at", allow_null=True)
    activated_at = serializers.DateTimeField(source="product.activated_at", allow_null=True)
    starts_at = serializers.DateTimeField(source="product.starts_at", allow_null=True)
    expires_at = serializers.DateTimeField(
        source="product.expires_at", allow_null=True, help_text=_("Null while it is neither tried nor activated.")
    )
    opens_until = serializers.DateTimeField(
        allow_null=True, help_text=_("Until then its account sets can be used; afterwards only backed up.")
    )
    kept_until = serializers.DateTimeField(allow_null=True, help_text=_("Then the data of its sets is deleted."))
    purged_at = serializers.DateTimeField(source="product.purged_at", allow_null=True)
    sets_total = serializers.IntegerField(source="product.sets_total")
    sets_used = serializers.IntegerField()
    users_total = serializers.IntegerField(
        source="product.users_total", help_text=_("How many can be in at the same time.")
    )
    has_module = serializers.BooleanField(source="product.has_module")
    by_licence = serializers.BooleanField(source="product.by_licence")
    renewals = serializers.IntegerField(help_text=_("Paid orders that an update of the service would use."))
    modules = serializers.IntegerField(help_text=_("Paid modules that can be added."))
    operations = serializers.SerializerMethodField()

    def get_serial(self, row: Shown) -> str:
        """Never the CD-Key."""
        return row.product.key.serial if row.product.key is not None else ""

    @extend_schema_field(OperationOut(many=True))
    def get_operations(self, row: Shown) -> list[Mapping[str, Any]]:
        """All of them, in the order of their use."""
        refusals = refusals_of(row, trial=self.context["trial"])
        return [_shown(operation, refusal) for operation, refusal in refusals.items()]


def _shown(operation: Operation, refusal: DomainError | None) -> Mapping[str, Any]:
    return {
        "operation": operation.value,
        "possible": refusal is None,
        "code": "" if refusal is None else refusal.code,
        "rule": "" if refusal is None else refusal.rule,
        "reason": "" if refusal is None else str(refusal),
    }
