"""What the forms above lists share: what was asked for, and the days and months that a list is narrowed to."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Day(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"


class Month(forms.DateInput):
    """The browser's own calendar of months."""

    input_type = "month"


class Filter(forms.Form):
    """What a list is narrowed to. Nonsense, from an old bookmark or a curious hand, narrows nothing."""

    @property
    def asked(self) -> dict[str, Any]:
        """What makes sense of it; the rest says so at its field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def wanted(self, name: str) -> str:
        """One value as text, empty where none or nonsense was given."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    @property
    def narrows(self) -> bool:
        """Something was asked for, so that an empty list means “nothing like this” and not “nothing yet”."""
        return any(self.data.get(name) for name in self.fields)


class DaysFilter(Filter):
    """From one day until another, both included."""

    since = forms.DateField(label=_("From"), required=False, widget=Day(format="%Y-%m-%d"))
    until = forms.DateField(label=_("Until"), required=False, widget=Day(format="%Y-%m-%d"))

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


class MonthFilter(Filter):
    """One month."""

    month = forms.DateField(label=_("Month"), required=False, input_formats=["%Y-%m"], widget=Month(format="%Y-%m"))

    def clean_month(self) -> date | None:
        """A month that a calendar has."""
        month: date | None = self.cleaned_data["month"]
        return month if month and EARLIEST <= month <= LATEST else None
