"""Consent to dissolving."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DissolveForm(forms.Form):
    """Somebody read what will follow (K8.4); `seen` names the facts that they read (`accounts.preflight.digest`)."""

    understood = forms.BooleanField(
        label=_("I have read what will follow and want to dissolve this relationship now."),
        error_messages={"required": _("Please confirm that you have read what will follow.")},
    )
    seen = forms.CharField(
        max_length=64,
        widget=forms.HiddenInput,
        error_messages={"required": _("Please read what will follow once more.")},
    )
