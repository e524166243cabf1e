"""Adding and activating products."""

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import CardSelect
from kiscloud.editions import EDITIONS, Edition


def apps_of(edition: str) -> str:
    """The apps of an edition's account sets, one after the other."""
    return " · ".join(str(app.label) for app in EDITIONS[edition].apps)


class AddForm(forms.Form):
    """Which product."""

    edition = forms.ChoiceField(label=_("Which product?"), choices=Edition.choices, widget=CardSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["edition"].widget.hints = {edition: apps_of(edition) for edition in Edition.values}


class ActivateForm(forms.Form):
    """Both as they stand in the order's letter."""

    serial = forms.CharField(
        label=_("Serial number"),
        max_length=40,
        help_text=_("Looks like KIS-ZY-26-00000001."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "mono"}),
    )
    cd_key = forms.CharField(
        label=_("CD-Key"),
        max_length=60,
        help_text=_("Upper or lower case, with or without dashes."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "mono"}),
    )
