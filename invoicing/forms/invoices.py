"""Narrowing issued invoices, and what is sent about them."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import EmailField
from finance.forms.statements import MonthInput
from invoicing.invoice_reports import RED, YEARS
from invoicing.models import Invoice, InvoiceUse
from invoicing.reversals import Status

STATES = [*Status.choices, (RED, _("Red invoices"))]


class InvoiceFilter(forms.Form):
    """What the list is narrowed to; nonsense in the address narrows nothing."""

    text = forms.CharField(label=_("Number, buyer or seller"), required=False, max_length=100, widget=forms.SearchInput)
    month = forms.DateField(
        label=_("Month"), required=False, input_formats=["%Y-%m"], widget=MonthInput(format="%Y-%m")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Invoice.Kind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES])

    @property
    def asked(self) -> dict[str, Any]:
        """What makes sense of it."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def narrows(self) -> bool:
        """Something was asked for, so that an empty list means “nothing like this” and not “nothing yet”."""
        return any(self.data.get(name) for name in self.fields)

    def clean_month(self) -> date | None:
        """A month that a calendar has."""
        month: date | None = self.cleaned_data["month"]
        return month if month and month.year in YEARS else None


class MemberInvoiceFilter(InvoiceFilter):
    """The same over all members."""

    field_order = ("member", "text", "month", "kind", "state")
    member = forms.CharField(
        label=_("Account name or number"), required=False, max_length=120, widget=forms.SearchInput
    )


class SendForm(forms.Form):
    """To which mailbox."""

    email = EmailField(label=_("Send it to"))


class UseForm(forms.Form):
    """Deducted or booked; empty takes the mark away."""

    use = forms.ChoiceField(choices=InvoiceUse.Use.choices, required=False)
