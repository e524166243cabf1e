"""What the pages of the resource directory ask for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField, RuledField, UsernameField
from accounts.models import Relationship
from accounts.names import clean_remark
from accounts.permissions import ConsoleRole
from config.forms import CardSelect, Text

FolderOptions = Sequence[tuple[int, str]]


class FolderField(forms.TypedChoiceField):
    """One folder of the directory; its options are given to the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Folder"), "coerce": int, "empty_value": None, **kwargs})


class FolderForm(forms.Form):
    """The name of a folder."""

    name = NameField(label=_("Folder name"), length=60, help_text=_("For example a department, a region or a project."))


class _InFolder(forms.Form):
    """A form that chooses among the folders."""

    folder_field = "folder"

    def __init__(self, *args: Any, options: FolderOptions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.folder_field]
        field.choices = options  # type: ignore[attr-defined]


class MoveFolderForm(_InFolder):
    """Where a folder goes, with everything in it."""

    folder_field = "parent"
    parent = FolderField(label=_("Move into"))

    @property
    def facts(self) -> dict[str, Any]:
        """What the service is told."""
        return {"parent_id": self.cleaned_data["parent"]}


class PlaceForm(_InFolder):
    """In which folder an account stands."""

    folder = FolderField(label=_("Move into"))

    @property
    def facts(self) -> dict[str, Any]:
        """What the service is told."""
        return {"folder_id": self.cleaned_data["folder"]}


class InviteForm(_InFolder):
    """Which account is asked to join the directory (K4.3, K12.7)."""

    identifier = forms.CharField(
        label=_("Account"),
        max_length=254,
        help_text=_("Its user name, or the e-mail address with which it was registered."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    folder = FolderField(help_text=_("Where it stands in your directory."))
    remark = RuledField(
        clean_remark, label=_("Remark"), required=False, help_text=_("Only your own side sees this note.")
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What the service is told."""
        data = self.cleaned_data
        return {"identifier": data["identifier"], "folder_id": data["folder"], "remark": data["remark"]}


class ResourceAccountForm(_InFolder):
    """A resource account: a name and a place, no password (K13.2)."""

    name = NameField(label=_("Account name"), length=120, help_text=_("For example “Production environment”."))
    username = UsernameField(
        help_text=_("A short name in Latin letters, by which the account is found. It cannot be changed later."),
        attrs={"autocomplete": "off"},
    )
    folder = FolderField()

    @property
    def facts(self) -> dict[str, Any]:
        """What the service is told."""
        data = self.cleaned_data
        return {"username": data["username"], "name": data["name"], "folder_id": data["folder"]}


_HINTS: dict[str, Text] = {
    ConsoleRole.ADMINISTRATOR: _("Your owners can enter its console and work there as its system administrator."),
    ConsoleRole.NONE: _("Give the access back. Nobody on your side can enter its console any more."),
}
_LABELS: dict[str, str | Promise] = {
    ConsoleRole.ADMINISTRATOR: _("System administrator"),
    ConsoleRole.NONE: _("No console access"),
}


def console_choices(relationship: Relationship) -> list[tuple[str, str | Promise]]:
    """What may be asked for instead of the present access (K12.9, K13.3)."""
    return [(role, label) for role, label in _LABELS.items() if role != relationship.console_role]


class ConsoleForm(forms.Form):
    """Which access to a member's console is asked for."""

    console_role = forms.ChoiceField(label=_("Change to"), widget=CardSelect(hints=_HINTS))

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = console_choices(relationship)
        field = self.fields["console_role"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = choices[0][0]
