"""Real-name verification."""

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import CitizenIdField, CreditCodeField, NameField
from accounts.registry import ADDRESS_LENGTH

# The public place where anybody may look a credit code up (S5.7).
PUBLIC_REGISTER_URL = "https://www.cods.org.cn/"
# While one types, the part `_companies.html` appears below the field; `static/js/company.js` does the rest.
COMBOBOX = {
    "hx-get": reverse_lazy("accounts:registry-search"),
    "hx-trigger": "input changed delay:300ms",
    "hx-target": "#companies",
    "hx-sync": "this:replace",
    "role": "combobox",
    "aria-expanded": "false",
    "aria-controls": "company-list",
    "aria-autocomplete": "list",
}


class EnterpriseForm(forms.Form):
    """The company as it stands on its licence (S5.5–S5.7)."""

    name = NameField(
        label=_("Registered company name"),
        length=120,
        attrs={"autocomplete": "off", **COMBOBOX},
        help_text=_("Type a part of it and choose the company below: the credit code is filled in for you."),
    )
    credit_code = CreditCodeField(help_text=_("18 digits and letters, as on the business licence."))
    legal_representative = NameField(label=_("Legal representative"), required=False, attrs={"autocomplete": "off"})
    registered_address = NameField(
        label=_("Registered address"), length=ADDRESS_LENGTH, required=False, attrs={"autocomplete": "off"}
    )


class IndividualForm(forms.Form):
    """A person as on the identity card."""

    name = NameField(label=_("Name on the identity card"), attrs={"autocomplete": "name"})
    citizen_id = CitizenIdField(help_text=_("We check it and keep only the first two and the last four digits."))
