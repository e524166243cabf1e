"""What the API of the invoice cloud answers: each serializer is one shape of the description."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoicing.entitlement_reports import LABELS, standing_of
from invoicing.models import Entitlement, Erp, Service, Taxpayer, Tenant

STANDINGS = [(key, text) for key, (text, _tone) in LABELS.items()]


class TaxpayerOut(serializers.Serializer[Taxpayer]):
    """An enterprise of a tenant."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    tax_number = serializers.CharField()
    from_registry = serializers.BooleanField(help_text=_("Name and number stood so in the company register."))
    since = serializers.DateTimeField(source="created_at")


class TenantOut(serializers.Serializer[Tenant]):
    """A tenant. Its secrets are in no answer."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    erp = serializers.ChoiceField(Erp.choices)
    since = serializers.DateTimeField(source="created_at")
    client_id = serializers.CharField(
        source="credential.client_id", default=None, allow_null=True, help_text=_("None before the first assignment.")
    )


class TenantDetailOut(TenantOut):
    """The same with its enterprises."""

    enterprises = TaxpayerOut(many=True, source="bound")


class EntitlementOut(serializers.Serializer[Entitlement]):
    """What a tax number may do, by one order."""

    id = serializers.IntegerField()
    tenant = serializers.IntegerField(source="taxpayer.tenant_id")
    enterprise = serializers.CharField(source="taxpayer.name")
    tax_number = serializers.CharField(source="taxpayer.tax_number")
    service = serializers.ChoiceField(Service.choices)
    product = serializers.CharField(source="order.package.product.code")
    order = serializers.IntegerField(source="order.order_id", help_text=_("The number of the order."))
    standing = serializers.SerializerMethodField()
    granted = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    priority = serializers.IntegerField(help_text=_("Smaller is used first; then whatever ends first."))
    starts_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(STANDINGS))
    def get_standing(self, row: Entitlement) -> str:
        """How it stands now."""
        return standing_of(row, timezone.now())


class UseOut(serializers.Serializer[Any]):
    """One use."""

    id = serializers.IntegerField()
    serial = serializers.CharField()
    at = serializers.DateTimeField()
    given_back_at = serializers.DateTimeField(allow_null=True, help_text=_("Nothing came of it, so it does not count."))
