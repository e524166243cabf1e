"""Narrowing the fund flow, and the entries of a book; asking for a file."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import EARLIEST, LATEST, DaysFilter
from finance.forms.base import AmountField
from finance.models import Allotment, Export


class FlowFilter(DaysFilter):
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


class BookFilter(DaysFilter):
    """The entries of some days, and the balance at one moment."""

    at = forms.DateTimeField(label=_("Balance at"), required=False, widget=MomentInput(format="%Y-%m-%dT%H:%M"))

    @property
    def moment(self) -> datetime | None:
        """The moment that was asked about."""
        self.is_valid()
        at: datetime | None = self.cleaned_data.get("at")
        return at if at and EARLIEST.year <= at.year <= LATEST.year else None
