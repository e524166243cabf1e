"""Received invoices: one typed, a list uploaded, the list narrowed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.base import NameField, RuledField
from accounts.forms.filters import Filter
from invoicing import policy
from invoicing.models import ReceivedInvoice, Taxpayer, Tenant
from invoicing.models.received import UsageState
from invoicing.received_rows import KINDS, ReceivedRow
from invoicing.tax_numbers import parse_buyer

PLAIN = {"autocomplete": "off", "class": "mono", "spellcheck": "false"}


class DigitsField(forms.CharField):
    """Digits, and the spaces that people put between them."""

    def to_python(self, value: Any) -> Any:
        """Without the spaces."""
        return "".join(str(super().to_python(value) or "").split())


class ReceivedForm(forms.Form):
    """What stands on the invoice."""

    buyer = forms.TypedChoiceField(label=_("Buyer"), coerce=str, help_text=_("The enterprise that received it."))
    kind = forms.ChoiceField(label=pgettext_lazy("of an invoice", "Kind"), choices=list(KINDS.items()), initial="02")
    number = DigitsField(
        label=_("Number"),
        max_length=30,
        widget=forms.TextInput(PLAIN | {"inputmode": "numeric"}),
        help_text=_("20 digits; 8 beside a code."),
    )
    code = DigitsField(
        label=pgettext_lazy("of an invoice", "Code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(PLAIN | {"inputmode": "numeric"}),
        help_text=_("10 or 12 digits; digital invoices have none."),
    )
    issued_on = forms.DateField(label=_("Day of issue"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    seller_name = NameField(label=_("Seller"), length=100, attrs={"autocomplete": "off"})
    seller_tax_number = RuledField(parse_buyer, label=_("Seller's tax number"), attrs=PLAIN)
    amount = forms.DecimalField(
        label=_("Amount without tax"), max_digits=15, decimal_places=2, help_text=_("Below zero on red invoices.")
    )
    tax = forms.DecimalField(label=_("Tax"), max_digits=15, decimal_places=2)

    def __init__(self, *args: Any, buyers: Iterable[Taxpayer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.tax_number, f"{one.name} · {one.tax_number}") for one in buyers]
        self.fields["buyer"].choices = choices  # type: ignore[attr-defined]

    @property
    def row(self) -> ReceivedRow:
        """As the service takes it."""
        typed = dict(self.cleaned_data)
        return ReceivedRow(buyer_tax_number=typed.pop("buyer"), **typed)


class ReceivedUploadForm(forms.Form):
    """A list."""

    file = forms.FileField(
        label=_("List"),
        widget=forms.FileInput({"accept": ".csv,.json,.xml"}),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("CSV, JSON or XML, at most %(most)s MB and %(rows)s invoices.")
        most = policy.RECEIVED_FILE_BYTES // 1024 // 1024
        self.fields["file"].help_text = words % {"most": most, "rows": policy.COLLECTED_PER_CALL}

    def clean_file(self) -> Any:
        """Small enough to be read at once."""
        file = self.cleaned_data["file"]
        if file.size > policy.RECEIVED_FILE_BYTES:
            most = policy.RECEIVED_FILE_BYTES // 1024 // 1024
            raise forms.ValidationError(_("The file is larger than %(most)s MB."), params={"most": most})
        return file


class UsageForm(forms.Form):
    """What is done with it next."""

    usage = forms.ChoiceField(choices=UsageState.choices)


class ReceivedFilter(Filter):
    """By words, tenant, use and verification."""

    q = forms.CharField(label=_("Number or seller"), required=False, max_length=100, widget=forms.SearchInput)
    tenant = forms.TypedChoiceField(label=_("Tenant"), coerce=int, empty_value=None, required=False)
    usage = forms.ChoiceField(
        label=pgettext_lazy("of an invoice", "Use"), required=False, choices=[("", _("All")), *UsageState.choices]
    )
    check_state = forms.ChoiceField(
        label=_("Verified"), required=False, choices=[("", _("All")), *ReceivedInvoice.Check.choices]
    )

    def __init__(self, *args: Any, tenants: Iterable[Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.pop("maxlength", None)
        known = [(one.pk, one.name) for one in tenants]
        if len(known) > 1:
            self.fields["tenant"].choices = [("", _("All")), *known]  # type: ignore[attr-defined]
        else:
            del self.fields["tenant"]
