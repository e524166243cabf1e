"""A person's own data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import MobileField, NameField, PasswordField


class NameForm(forms.Form):
    """How others see the person."""

    name = NameField(label=_("Your name"), attrs={"autocomplete": "name"})


class MobileForm(forms.Form):
    """A new number, and the password, so that an unattended browser is not enough to take a login over."""

    mobile = MobileField(label=_("New mobile number"), help_text=_("We send a code to it."))
    password = PasswordField(autocomplete="current-password")
