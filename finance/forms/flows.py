"""Narrowing the fund flow, and the entries of a book; asking for a file."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.events import EARLIEST, LATEST, Day
from finance.forms.base import AmountField
from finance.models import Allotment, Export


class DaysForm(forms.Form):
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

    @property
    def narrows(self) -> bool:
        """Something was asked for, so that an empty list means “nothing like this” and not “nothing yet”."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def asked(self) -> dict[str, Any]:
        """What makes sense of it; the rest narrows nothing and says so at its field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class FlowFilter(DaysForm):
    """By direction, counterpart, days, amounts and words of the note."""

    field_order = ("counterpart", "direction", "since", "until", "least", "most", "q")
    counterpart = forms.CharField(label=_("Counterpart"), required=False, max_length=120, widget=forms.SearchInput)
    direction = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Allotments and recalls")), *Allotment.Direction.choices]
    )
    least = AmountField(label=_("Amount from"), required=False)
    most = AmountField(label=_("Amount to"), required=False)
    q = forms.CharField(label=_("Words of the note"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        """Amounts in order."""
        values = super().clean()
        least: Decimal | None = values.get("least")
        most: Decimal | None = values.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("This is less than the smallest amount."))
        return values


class ExportForm(forms.Form):
    """The kind of file."""

    format = forms.ChoiceField(choices=Export.Format.choices)


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock."""

    input_type = "datetime-local"


class BookFilter(DaysForm):
    """The entries of some days, and the balance at one moment."""

    at = forms.DateTimeField(label=_("Balance at"), required=False, widget=MomentInput(format="%Y-%m-%dT%H:%M"))

    @property
    def moment(self) -> datetime | None:
        """The moment that was asked about."""
        self.is_valid()
        at: datetime | None = self.cleaned_data.get("at")
        return at if at and EARLIEST.year <= at.year <= LATEST.year else None
