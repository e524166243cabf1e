"""Passwords: forgotten, and changed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import MobileField, PasswordField


class ForgottenForm(forms.Form):
    """Whose password."""

    mobile = MobileField(help_text=_("The number of your login. We send a code to it."))


class NewPasswordForm(forms.Form):
    """The new one, after the number has been proved (S2.6)."""

    password = PasswordField(
        label=_("New password"), help_text=_("At least 10 characters. A short sentence is easy to remember.")
    )


class ChangePasswordForm(forms.Form):
    """The new one, by the old."""

    old = PasswordField(label=_("Present password"), autocomplete="current-password")
    new = PasswordField(
        label=_("New password"), help_text=_("At least 10 characters. A short sentence is easy to remember.")
    )
