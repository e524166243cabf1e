"""How support staff log in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import PasswordField
from config.forms import CodeField

APP_CODE = _("Code of your authenticator app")


class StaffLoginForm(forms.Form):
    """Name, password and the app's code; the code is left out at the first log-in only."""

    identifier = forms.CharField(
        label=_("Mobile number, e-mail or user name"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = PasswordField(autocomplete="current-password")
    code = CodeField(label=APP_CODE, required=False, help_text=_("Leave it empty at your very first log-in."))


class SecondFactorForm(forms.Form):
    """Only the code: the password has been given."""

    code = CodeField(label=APP_CODE)
