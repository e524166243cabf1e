"""Narrowing orders of the invoice cloud, and naming their contact."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import EmailField
from accounts.forms.filters import Filter
from invoicing.models import CloudOrder


class CloudOrderFilter(Filter):
    """By state."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *CloudOrder.State.choices])


class ContactForm(forms.Form):
    """Where the activation letter goes."""

    email = EmailField(
        label=_("E-mail of the contact"), help_text=_("The activation and authorisation letters go there.")
    )
