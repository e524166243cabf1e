"""What the API of money that can be invoiced, titles and requests answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from finance.serializers import SideOut, Yuan
from invoicing.models import Invoice, Invoiceable, InvoiceRequest, Title
from invoicing.models.tax_item import ZeroRate


class InvoiceableOut(serializers.Serializer[Invoiceable]):
    """Paid money over which an invoice can be requested."""

    id = serializers.IntegerField()
    month = serializers.DateField(format="%Y-%m", help_text=_("Of the statement, such as 2026-06."))
    owner = SideOut(help_text=_("Which account used it."))
    product = serializers.CharField(source="product.code")
    statement = serializers.IntegerField(source="statement_id", help_text=_("The id of the statement."))
    order = serializers.IntegerField(
        source="order_id", allow_null=True, help_text=_("The id of the order; null for usage.")
    )
    amount = Yuan(help_text=_("With tax, without vouchers. Below zero it is taken off the next request by itself."))


class TitleOut(serializers.Serializer[Title]):
    """To whom invoices are made out."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Title.Kind.choices)
    name = serializers.CharField()
    tax_number = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    bank = serializers.CharField()
    bank_account = serializers.CharField()
    email = serializers.CharField()
    is_default = serializers.BooleanField(help_text=_("Whether it is used unless another is chosen."))


class RequestLineOut(serializers.Serializer[Any]):
    """A line as the invoice has it."""

    name = serializers.CharField()
    class_code = serializers.CharField(help_text=_("The tax class, nineteen digits."))
    class_name = serializers.CharField()
    amount = Yuan(help_text=_("Without tax."))
    rate = serializers.DecimalField(max_digits=4, decimal_places=3)
    zero_rate = serializers.ChoiceField(ZeroRate.choices)
    tax = Yuan()


class CoverOut(serializers.Serializer[Any]):
    """What one account paid in one month."""

    month = serializers.CharField()
    number = serializers.CharField(help_text=_("The number of the account that used it."))
    name = serializers.CharField()
    amount = Yuan(help_text=_("With tax."))


class RequestOut(serializers.Serializer[InvoiceRequest]):
    """A request for one invoice."""

    id = serializers.IntegerField()
    number = serializers.CharField(source="__str__")
    account = SideOut(help_text=_("Whose money it covers and to whose title it is made out."))
    asked_by = SideOut(help_text=_("The account itself, or the manager that asked on its behalf."))
    kind = serializers.ChoiceField(InvoiceRequest.Kind.choices)
    state = serializers.ChoiceField(InvoiceRequest.State.choices)
    title_name = serializers.SerializerMethodField()
    tax_number = serializers.SerializerMethodField()
    email = serializers.CharField()
    remark = serializers.CharField()
    amount = Yuan(help_text=_("With tax."))
    reason = serializers.CharField(help_text=_("Why it was rejected."))
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_title_name(self, asked: InvoiceRequest) -> str:
        """As it was then."""
        return str(asked.title["name"])

    def get_tax_number(self, asked: InvoiceRequest) -> str:
        """As it was then."""
        return str(asked.title["tax_number"])


class WholeRequestOut(RequestOut):
    """The same with its lines, what it covers and the invoice."""

    lines = serializers.SerializerMethodField()
    covers = serializers.SerializerMethodField()
    invoice = serializers.SerializerMethodField(help_text=_("The id of the invoice once it is issued."))

    @extend_schema_field(RequestLineOut(many=True))
    def get_lines(self, asked: InvoiceRequest) -> list[dict[str, Any]]:
        """As they are or will be printed."""
        names = [str(name) for name in RequestLineOut().fields]
        return [{name: line.get(name) or "" for name in names} for line in asked.content["lines"]]

    @extend_schema_field(CoverOut(many=True))
    def get_covers(self, asked: InvoiceRequest) -> list[dict[str, Any]]:
        """By month and account."""
        return list(asked.content["covers"])

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_invoice(self, asked: InvoiceRequest) -> int | None:
        """Where it is issued."""
        return Invoice.objects.filter(issue_order__request=asked).values_list("pk", flat=True).first()
