"""Narrowing the log."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.event_texts import GROUPS
from accounts.forms.filters import DaysFilter


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("Everything")), *((group.key, group.label) for group in GROUPS)]


class EventFilter(DaysFilter):
    """By kind, person and days."""

    field_order = ("kind", "person", "since", "until")
    kind = forms.ChoiceField(label=_("Kind"), choices=_kinds, required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=60, widget=forms.SearchInput)
