"""People of a set: who is looked for, added, called how."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import MobileField, NameField
from kiscloud.set_users import NAME_LENGTH

TEXT_LENGTH = 60


class SearchForm(forms.Form):
    """Narrows a list of people (S14.2)."""

    q = forms.CharField(
        label=_("Name or mobile number"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    @property
    def text(self) -> str:
        """What is looked for; nothing where it cannot be read."""
        return str(self.cleaned_data.get("q", "")).strip() if self.is_valid() else ""


class PeopleForm(forms.Form):
    """Ticked people of the address book."""

    people = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Any number will do: the service knows whose it is."""
        super().__init__(*args, **kwargs)
        self.fields["people"].valid_value = lambda value: str(value).isdecimal() and len(str(value)) < 19  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """Another name in the set."""

    name = NameField(label=_("Name in the set"), length=NAME_LENGTH, attrs={"autocomplete": "off"})


class MobileForm(forms.Form):
    """Somebody's number."""

    mobile = MobileField(
        attrs={"autocomplete": "off"},
        help_text=_("When you leave the field, it is checked whether the number is registered."),
    )


class PersonForm(MobileForm):
    """A platform user for the selection list: known by the mobile number, or made (S14.3)."""

    name = NameField(label=_("Name in the address book"), attrs={"autocomplete": "off"})
