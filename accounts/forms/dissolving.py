"""Consent to dissolving."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DissolveForm(forms.Form):
    """Somebody read what will follow (K8.4)."""

    understood = forms.BooleanField(
        label=_("I have read what will follow and want to dissolve this relationship now."),
        error_messages={"required": _("Please confirm that you have read what will follow.")},
    )
