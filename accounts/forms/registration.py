"""Registration: first the number, then who it is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import EmailField, MobileField, NameField, PasswordField, UsernameField


class NumberForm(forms.Form):
    """Where the code goes."""

    mobile = MobileField(help_text=_("Mainland China. We send a code to it; you log in with it later."))


class DetailsForm(forms.Form):
    """The new login and its account."""

    name = NameField(label=_("Your name"), help_text=_("As colleagues know you."), attrs={"autocomplete": "name"})
    username = UsernameField(
        help_text=_("3 to 32 characters, beginning with a letter. Other companies invite your account by it.")
    )
    password = PasswordField(help_text=_("At least 10 characters. A short sentence is easy to remember."))
    email = EmailField(required=False, help_text=_("You can also log in with it, and invitations reach you there."))
    agreed = forms.BooleanField(
        error_messages={"required": _("Please read the agreement and tick the box to go on.")},
        label=_("I have read and accept the service agreement and the privacy notice"),
    )
