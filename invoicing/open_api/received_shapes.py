"""How the description of the open API shows received invoices and entitlements."""

# ruff: noqa: N815  (the contract's names)
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from invoicing.entitlement_reports import LABELS
from invoicing.models import Service
from invoicing.models.received import Check, UsageState
from invoicing.open_api.shapes import Fault, OptionalText, envelope
from invoicing.received_rows import KINDS
from invoicing.services.verification import ANSWERS

DAY = r"^\d{4}-?\d{2}-?\d{2}$"


class ReceivedIn(serializers.Serializer[Any]):
    """A received invoice; red ones with negative amounts."""

    invoiceType = serializers.ChoiceField(list(KINDS.items()))
    invoiceCode = OptionalText(max_length=12, help_text=_("10 or 12 digits; digital invoices have none."))
    invoiceNo = serializers.CharField(max_length=20, help_text=_("20 digits; 8 beside a code."))
    invoiceDate = serializers.RegexField(DAY, help_text="2026-01-31")
    salerName = serializers.CharField(max_length=100)
    salerTaxNo = serializers.CharField(max_length=20)
    buyerTaxNo = serializers.CharField(max_length=18, help_text=_("An enterprise of the tenant."))
    invoiceAmount = serializers.CharField(help_text=_("Without tax."))
    totalTaxAmount = serializers.CharField()
    totalAmount = OptionalText()


class CollectIn(serializers.Serializer[Any]):
    """Up to a hundred."""

    invoices = ReceivedIn(many=True)


class Became(serializers.Serializer[Any]):
    """What became of one."""

    invoiceCode = serializers.CharField()
    invoiceNo = serializers.CharField()
    result = serializers.ChoiceField(
        [("collected", _("Collected")), ("known", _("Collected before, not counted")), ("refused", _("Refused"))]
    )
    errcode = serializers.CharField()
    description = serializers.CharField()
    faults = Fault(many=True)


class Received(serializers.Serializer[Any]):
    """A received invoice."""

    invoiceType = serializers.CharField()
    invoiceCode = serializers.CharField()
    invoiceNo = serializers.CharField()
    invoiceDate = serializers.CharField()
    salerName = serializers.CharField()
    salerTaxNo = serializers.CharField()
    buyerTaxNo = serializers.CharField()
    invoiceAmount = serializers.CharField()
    totalTaxAmount = serializers.CharField()
    totalAmount = serializers.CharField()
    expendStatus = serializers.ChoiceField(UsageState.choices)
    checkStatus = serializers.ChoiceField(Check.choices)
    checkResult = serializers.CharField()
    checkTime = serializers.CharField()


class ReceivedPage(serializers.Serializer[Any]):
    """Newest first."""

    invoices = Received(many=True)
    next = serializers.CharField(help_text=_("For “after”; empty on the last page."))


class WhichIn(serializers.Serializer[Any]):
    """One of them."""

    invoiceCode = OptionalText(max_length=12)
    invoiceNo = serializers.CharField(max_length=20)


class UseIn(serializers.Serializer[Any]):
    """What is done with which."""

    expendStatus = serializers.ChoiceField(UsageState.choices)
    invoices = WhichIn(many=True)


class CheckIn(serializers.Serializer[Any]):
    """An invoice as it lies before you."""

    taxNo = serializers.CharField(max_length=18, help_text=_("Whose entitlement is used."))
    invoiceCode = OptionalText(max_length=12)
    invoiceNo = serializers.CharField(max_length=20)
    invoiceDate = serializers.RegexField(DAY)
    totalAmount = serializers.CharField(help_text=_("With tax."))


class Checked(serializers.Serializer[Any]):
    """What the authority says."""

    result = serializers.ChoiceField([verdict.value for verdict in ANSWERS])
    checksLeft = serializers.IntegerField(help_text=_("How often this invoice can still be verified today."))


class Entitlement(serializers.Serializer[Any]):
    """A right of a tax number."""

    taxNo = serializers.CharField()
    name = serializers.CharField()
    service = serializers.ChoiceField(Service.choices)
    granted = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    priority = serializers.IntegerField(help_text=_("Smaller is used first; then whatever ends first."))
    startTime = serializers.CharField()
    endTime = serializers.CharField()
    standing = serializers.ChoiceField([(key, words) for key, (words, _tone) in LABELS.items()])


CollectOut = envelope("CollectOut", Became(many=True))
ReceivedOut = envelope("ReceivedOut", ReceivedPage())
UsageOut = envelope("UsageOut", Received(many=True))
CheckOut = envelope("CheckOut", Checked())
EntitlementOut = envelope("EntitlementOut", Entitlement(many=True))
