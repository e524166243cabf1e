"""Narrowing issued invoices, and what is sent about them."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import EmailField
from accounts.forms.filters import MonthFilter
from invoicing.invoice_reports import RED
from invoicing.models import Invoice, InvoiceUse
from invoicing.reversals import Status

STATES = [*Status.choices, (RED, _("Red invoices"))]


class InvoiceFilter(MonthFilter):
    """By words, month, kind and state."""

    field_order: Sequence[str] = ("text", "month", "kind", "state")
    text = forms.CharField(label=_("Number, buyer or seller"), required=False, max_length=100, widget=forms.SearchInput)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Invoice.Kind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES])


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
