"""An enterprise as it stands on its licence."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import CreditCodeField, NameField
from accounts.forms.certification import COMBOBOX
from invoicing.services.taxpayers import LENGTHS, Registration


class RestField(NameField):
    """A part of the registration data; may be left out."""

    def __init__(self, name: str, label: Any, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off"}
        super().__init__(label=label, length=LENGTHS[name], required=False, attrs=attrs, **kwargs)


class TaxpayerForm(forms.Form):
    """Name, tax number, and what the register knows besides (I3.2, I3.3)."""

    name = NameField(
        label=_("Full name of the enterprise"),
        length=120,
        attrs={"autocomplete": "off", **COMBOBOX, "hx-get": reverse_lazy("invoicing:taxpayer-search")},
        help_text=_("Type a part of it and choose the company below: the other fields are filled in for you."),
    )
    tax_number = CreditCodeField(
        label=_("Tax number"), help_text=_("18 digits and letters. The rights hang on it: please compare it twice.")
    )
    legal_representative = RestField("legal_representative", _("Legal representative"))
    address = RestField("address", _("Registered address"))
    phone = RestField("phone", _("Phone"))
    bank = RestField("bank", _("Bank"))
    bank_account = RestField("bank_account", _("Bank account"))
    device = RestField("device", _("Tax device"), help_text=_("Only where invoices are issued with one."))
    compared = forms.BooleanField(
        label=_("I have compared name and tax number with the business licence. They are right."), required=False
    )

    @property
    def asked(self) -> dict[str, Any]:
        """As the service takes it."""
        typed = dict(self.cleaned_data)
        rest = Registration(**{name: typed.pop(name) for name in LENGTHS})
        return {**typed, "registration": rest}
