"""Narrowing the log."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.event_texts import GROUPS

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Day(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=Day(format="%Y-%m-%d"))


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("Everything")), *((group.key, group.label) for group in GROUPS)]


class EventFilter(forms.Form):
    """By kind, person and days; whatever makes no sense narrows nothing and says so."""

    kind = forms.ChoiceField(label=_("Kind"), choices=_kinds, required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=60, widget=forms.SearchInput)
    since = _day(_("From"))
    until = _day(_("Until"))

    def clean(self) -> dict[str, Any]:
        """Days in order, and years that a calendar has."""
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("This day is out of range."))
        if since and until and since > until:
            self.add_error("until", _("This day lies before the first one."))
        return values

    @property
    def narrows(self) -> bool:
        """Something was asked for, so that an empty list means “nothing like this” and not “nothing yet”."""
        return any(self.data.get(name) for name in self.fields)
