"""What the API of issued invoices answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from finance.serializers import SideOut, Yuan
from invoicing.invoice_reports import Row
from invoicing.models import Invoice, InvoiceLine, InvoiceUse
from invoicing.reversals import Status


class InvoiceOut(serializers.Serializer[Row]):
    """An issued invoice; it never changes, only its status does."""

    id = serializers.IntegerField(source="invoice.pk")
    number = serializers.CharField(source="invoice.number", help_text=_("Twenty digits."))
    kind = serializers.ChoiceField(Invoice.Kind.choices, source="invoice.kind")
    status = serializers.ChoiceField(
        Status.choices, allow_null=True, help_text=_("How far it was taken back; null on red invoices.")
    )
    reverses = serializers.IntegerField(
        source="invoice.reverses_id", allow_null=True, help_text=_("On red invoices: the id of the one taken back.")
    )
    account = SideOut(source="invoice.account", allow_null=True, help_text=_("For whose spending it is."))
    seller_name = serializers.CharField(source="invoice.seller_name")
    seller_tax_number = serializers.CharField(source="invoice.seller_tax_number")
    buyer_name = serializers.CharField(source="invoice.buyer_name")
    buyer_tax_number = serializers.CharField(source="invoice.buyer_tax_number")
    amount = Yuan(source="invoice.amount", help_text=_("Without tax; below zero on red invoices."))
    tax = Yuan(source="invoice.tax")
    total = Yuan(source="invoice.total", help_text=_("With tax."))
    issued_at = serializers.DateTimeField(source="invoice.issued_at")


class InvoiceLineOut(serializers.Serializer[InvoiceLine]):
    """A line of an invoice."""

    seq = serializers.IntegerField(help_text=_("Its place, counted from 1."))
    nature = serializers.ChoiceField(InvoiceLine.Nature.choices)
    name = serializers.CharField()
    class_code = serializers.CharField(help_text=_("The tax class, nineteen digits."))
    class_name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=24, decimal_places=13, allow_null=True)
    price = serializers.DecimalField(
        max_digits=24, decimal_places=13, allow_null=True, help_text=_("Of one, without tax.")
    )
    amount = Yuan()
    rate = serializers.DecimalField(max_digits=4, decimal_places=3)
    zero_rate = serializers.CharField(
        help_text=_("Why there is no tax: 0 export, 1 exempt, 2 outside VAT, 3 zero rate.")
    )
    tax = Yuan()


class WholeInvoiceOut(InvoiceOut):
    """An issued invoice with its lines."""

    remark = serializers.CharField(source="invoice.remark")
    drawer = serializers.CharField(source="invoice.drawer")
    use = serializers.SerializerMethodField(help_text=_("What the buyer has done with it, or null."))
    lines = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(InvoiceUse.Use.choices, allow_null=True))
    def get_use(self, row: Row) -> str | None:
        """Deducted, booked, or nothing yet."""
        used = getattr(row.invoice, "use", None)
        return str(used.use) if used is not None else None

    @extend_schema_field(InvoiceLineOut(many=True))
    def get_lines(self, row: Row) -> list[dict[str, Any]]:
        """In the order of the invoice."""
        return [dict(InvoiceLineOut(line).data) for line in row.invoice.lines.order_by("seq")]
