"""People of a company."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.email_address import normalise_email
from accounts.forms.base import NameField, RuledField
from accounts.mobile import normalise_mobile


def read_contact(text: str) -> str:
    """A mobile number or an e-mail address, in stored form."""
    try:
        return normalise_email(text) if "@" in text else normalise_mobile(text)
    except ValidationError as error:
        raise ValidationError(_("Enter a mobile number of 11 digits or an e-mail address.")) from error


class RenameForm(forms.Form):
    """How the address book calls somebody."""

    name = NameField(label=_("Name in the address book"), attrs={"autocomplete": "off"})


class MemberForm(RenameForm):
    """Somebody more."""

    contact = RuledField(
        read_contact,
        label=_("Mobile number or e-mail"),
        help_text=_("Somebody new is added by mobile number and sets a password with “Forgot password”."),
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    is_admin = forms.BooleanField(
        label=_("Make this person an administrator"),
        required=False,
        help_text=_("Administrators manage products, account sets and people, order for the company and verify it."),
    )
    field_order = ("contact", "name", "is_admin")
