"""Log-in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import PasswordField
from accounts.models import User


class LoginForm(forms.Form):
    """Any of the three names, the password, and the door to go through (S2.1, S2.2)."""

    identifier = forms.CharField(
        label=_("Mobile number, e-mail or user name"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = PasswordField(autocomplete="current-password")
    door = forms.ChoiceField(label=_("Go to"), choices=User.Door, widget=forms.RadioSelect, required=False)
