"""Narrowing orders of the invoice cloud, and naming their contact."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import EmailField
from invoicing.models import CloudOrder


class CloudOrderFilter(forms.Form):
    """By state."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *CloudOrder.State.choices])

    @property
    def state_wanted(self) -> str:
        """The state that is asked for; the empty text for all, and for what is none."""
        return str(self.cleaned_data.get("state", "")) if self.is_valid() else ""


class ContactForm(forms.Form):
    """Where the activation letter goes."""

    email = EmailField(
        label=_("E-mail of the contact"), help_text=_("The activation and authorisation letters go there.")
    )
