"""Business partners."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.inventory.models import Partner
from kiscloud.inventory.services.partners import PartnerFacts


class PartnerForm(forms.Form):
    """A business partner."""

    code = forms.CharField(label=pgettext_lazy("books", "Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=60)
    is_customer = forms.BooleanField(label=pgettext_lazy("stock", "Customer"), required=False)
    is_supplier = forms.BooleanField(label=pgettext_lazy("stock", "Supplier"), required=False)
    tax_number = forms.CharField(label=_("Tax number"), max_length=30, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, widget=forms.TextInput({"type": "tel"}))

    @property
    def facts(self) -> PartnerFacts:
        """What was said."""
        return PartnerFacts(**self.cleaned_data)

    @staticmethod
    def said_of(partner: Partner) -> dict[str, Any]:
        """The facts of a stored one."""
        return {name: getattr(partner, name) for name in PartnerForm.base_fields}
