"""How the description of the open API shows what is sent and answered. Bodies are read by `wire`, not by these."""

# ruff: noqa: N815  (the contract's names)
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

REASONS = [
    ("1", _("Goods returned")),
    ("2", _("Issued with an error")),
    ("3", _("Service ended")),
    ("4", _("Allowance")),
]


class OptionalText(serializers.CharField):
    """A text that may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, **kwargs})


class ItemIn(serializers.Serializer[Any]):
    """One line."""

    goodsName = serializers.CharField(
        max_length=100, help_text=_("The item; “*short name of the class*item” where the class is not known here.")
    )
    goodsCode = serializers.RegexField(r"^[1-6]\d{18}$", help_text=_("The tax class, 19 digits."))
    specModel = OptionalText(max_length=40)
    unit = OptionalText(max_length=20)
    num = OptionalText(help_text=_("Quantity and price come together or not at all."))
    unitPrice = OptionalText()
    detailAmount = OptionalText(
        help_text=_("With tax if taxFlag is 1, else without; without it quantity × price is taken.")
    )
    taxRate = serializers.CharField(help_text=_("0.06; -1 for outside VAT, -2 for exempt."))
    taxAmount = OptionalText(help_text=_("Worked out where it is left out."))
    discountType = serializers.ChoiceField(
        [("0", _("Normal")), ("1", _("Discount")), ("2", _("Discounted"))],
        required=False,
        help_text=_("A discount follows directly behind the line that it is taken off."),
    )
    zeroTaxRateFlag = OptionalText(
        max_length=1, help_text=_("With a rate of 0: 0 for export, 1 exempt, 2 outside VAT, 3 zero rate.")
    )
    originalSeq = OptionalText(help_text=_("With type 1: which line of the invoice is taken back, from 1."))
    preferentialPolicy = OptionalText(max_length=1)
    vatException = OptionalText(max_length=100)


class IssueIn(serializers.Serializer[Any]):
    """An invoice."""

    serialNo = serializers.RegexField(r"^[!-~]{1,50}$", help_text=_("Your own number, once for each seller."))
    invoiceType = serializers.ChoiceField([("01", _("VAT special invoice")), ("02", _("Ordinary invoice"))])
    type = serializers.ChoiceField([("0", _("Blue")), ("1", _("Red"))], required=False)
    salerTaxNo = serializers.CharField(max_length=20, help_text=_("An enterprise of the tenant."))
    salerName = OptionalText(max_length=100, help_text=_("Left out: as the tenant has it."))
    salerAddress = OptionalText(max_length=100)
    salerPhone = OptionalText(max_length=20)
    salerAccount = OptionalText(max_length=200, help_text=_("Bank and account with a space between them, or apart:"))
    salerCardName = OptionalText(max_length=100)
    salerCardNumber = OptionalText(max_length=100)
    buyerName = serializers.CharField(max_length=100)
    buyerTaxNo = OptionalText(max_length=20, help_text=_("May be left out for a person."))
    buyerAddress = OptionalText(max_length=100)
    buyerFixedTelephone = OptionalText(max_length=20)
    buyerMobilePhone = OptionalText(max_length=20)
    buyerAccount = OptionalText(max_length=200, help_text=_("Bank and account with a space between them."))
    buyerEmail = OptionalText(max_length=254, help_text=_("The invoice is sent there."))
    drawer = serializers.CharField(max_length=40)
    payee = OptionalText(max_length=40)
    reviewer = OptionalText(max_length=40)
    remark = OptionalText(max_length=230)
    taxFlag = serializers.ChoiceField([("0", _("Amounts without tax")), ("1", _("Amounts with tax"))], required=False)
    invoiceAmount = OptionalText(help_text=_("Without tax. Totals are compared with the lines where they are sent."))
    totalTaxAmount = OptionalText()
    totalAmount = OptionalText()
    originalInvoiceNo = OptionalText(max_length=20, help_text=_("With type 1: the invoice that is taken back."))
    redReason = serializers.ChoiceField(REASONS, required=False)
    items = ItemIn(
        many=True, help_text=_("With type 1 amounts are negative; without items all that is left goes back.")
    )


class RedIn(serializers.Serializer[Any]):
    """Which invoice is taken back."""

    serialNo = serializers.RegexField(r"^[!-~]{1,50}$", help_text=_("Your own number, once for each seller."))
    salerTaxNo = serializers.CharField(max_length=20, help_text=_("An enterprise of the tenant."))
    originalInvoiceNo = serializers.CharField(max_length=20)
    redReason = serializers.ChoiceField(REASONS, required=False)
    buyerEmail = OptionalText(max_length=254, help_text=_("The invoice is sent there."))


class Fault(serializers.Serializer[Any]):
    """A wrong field."""

    field = serializers.CharField()
    message = serializers.CharField()


class Order(serializers.Serializer[Any]):
    """An invoice on its way, or issued."""

    serialNo = serializers.CharField()
    status = serializers.ChoiceField(
        [("0", _("Waiting")), ("1", _("Being issued")), ("2", _("Issued")), ("3", _("Refused"))]
    )
    type = serializers.ChoiceField([("0", _("Blue")), ("1", _("Red"))])
    invoiceType = serializers.CharField()
    invoiceCode = serializers.CharField(help_text=_("Empty: digital invoices have none."))
    invoiceNo = serializers.CharField(help_text=_("20 digits once it is issued."))
    invoiceDate = serializers.CharField()
    salerTaxNo = serializers.CharField()
    buyerName = serializers.CharField()
    originalInvoiceNo = serializers.CharField(help_text=_("Of a red invoice: the one that it takes back."))
    redFormNo = serializers.CharField(help_text=_("Of a red invoice: its confirmation form."))
    redFormState = serializers.CharField(
        help_text=_("01 and 04 are issued, 02 waits for the buyer, 05 to 10 are over.")
    )
    pdfUrl = serializers.CharField(help_text=_("Opens without a log-in, for ninety days after it was given."))
    xmlUrl = serializers.CharField()
    failCode = serializers.CharField()
    failReason = serializers.CharField()
    invoiceAmount = serializers.CharField()
    totalTaxAmount = serializers.CharField()
    totalAmount = serializers.CharField()


def envelope(name: str, data: serializers.BaseSerializer[Any]) -> serializers.BaseSerializer[Any]:
    """The shape of a successful answer with this in it."""
    members: dict[str, Any] = {
        "errcode": serializers.ChoiceField(["0000"]),
        "description": serializers.CharField(),
        "data": data,
    }
    return inline_serializer(f"Open{name}", members)  # the console has shapes of its own


OrderOut = envelope("OrderOut", Order())
