"""Voucher templates: a name, and whether the amounts are kept."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TemplateName(forms.Form):
    """What it is called."""

    name = forms.CharField(label=_("Name"), max_length=60)


class TemplateForm(TemplateName):
    """Of a voucher."""

    with_amounts = forms.BooleanField(
        label=_("With amounts"),
        required=False,
        initial=True,
        help_text=_("Without them a new voucher begins with the summaries, subjects and items only."),
    )
