"""Subjects, opening balances, user groups, files of vouchers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.books.models import Item, ItemKind, Subject, UserGroup
from kiscloud.books.rights import ADMINISTRATORS
from kiscloud.books.services.openings import Key, Opening
from kiscloud.books.typed import read_amount


class SubjectForm(forms.Form):
    """A subject below another."""

    code = forms.CharField(
        label=pgettext_lazy("books", "Code"), max_length=15, widget=forms.TextInput({"inputmode": "numeric"})
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    unit = forms.CharField(
        label=_("Counted in"),
        max_length=12,
        required=False,
        help_text=_("A unit such as 件 or 千克, if quantities are kept for it."),
    )

    item_kind = forms.ChoiceField(
        label=_("Broken down by"),
        required=False,
        choices=[("", _("Nothing")), *ItemKind.choices],
        help_text=_("Then each line names one of them. It is decided before something stands on the subject."),
    )


class SubjectChange(SubjectForm):
    """The code stays."""

    code = None  # type: ignore[assignment]


class GroupsForm(forms.Form):
    """The groups of a user; who is administrator is decided in the management centre."""

    groups = forms.MultipleChoiceField(label=_("User groups"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, account_set: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = UserGroup.objects.filter(account_set=account_set).exclude(key=ADMINISTRATORS)
        chosen: Any = self.fields["groups"]
        chosen.choices = list(rows.values_list("key", "name"))


class ParametersForm(forms.Form):
    """What of the parameters can be changed later."""

    audit_first = forms.BooleanField(
        label=_("Vouchers are audited before they are posted"),
        required=False,
        help_text=_(
            "By somebody else than their maker. Without it saved vouchers can be posted at once, as suits books that "
            "one person keeps. The log says who changed it."
        ),
    )


class ImportForm(forms.Form):
    """A spreadsheet."""

    file = forms.FileField(label=_("File with vouchers"), widget=forms.FileInput({"accept": ".csv,.xlsx"}))


class ItemForm(forms.Form):
    """A new item."""

    code = forms.CharField(label=_("Item code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=60)


class ItemChange(forms.Form):
    """The code stays."""

    name = forms.CharField(label=_("Name"), max_length=60)
    disabled = forms.BooleanField(
        label=_("Disabled"), required=False, help_text=_("Nothing new can name it; what is written stays.")
    )


def typed_openings(
    data: Any, places: Sequence[tuple[Subject, Item | None]]
) -> tuple[dict[Key, Opening], dict[str, str]]:
    """What was typed for each subject or its items, and the sentences at those that cannot be read, by field."""
    found: dict[Key, Opening] = {}
    wrong: dict[str, str] = {}
    for subject, item in places:
        key = field_key(subject, item)
        try:
            amounts = [read_amount(data.get(f"{name}-{key}", "")) for name in ("balance", "debit", "credit")]
        except ValidationError as error:
            wrong[key] = " ".join(error.messages)
        else:
            found[(subject.code, item.code) if item else subject.code] = Opening(*amounts)
    return found, wrong


def field_key(subject: Subject, item: Item | None) -> str:
    """What the names of the fields of a subject, or of an item there, end with."""
    return f"{subject.pk}-{item.pk}" if item else str(subject.pk)
