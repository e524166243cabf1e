"""Which month, and how much of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.books.models import Books, ItemKind


class MonthForm(forms.Form):
    """The period of a report; the current one unless another was asked for."""

    month = forms.TypedChoiceField(label=pgettext_lazy("books", "Period"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, books: Books, months: Sequence[tuple[int, str]]) -> None:
        super().__init__(data if any(name in data for name in self.base_fields) else {"month": str(books.month)})
        self.books = books
        chosen: Any = self.fields["month"]
        chosen.choices = months
        self.is_valid()

    @property
    def chosen(self) -> int:
        """The month; what makes no sense is the current one."""
        month: int | None = self.cleaned_data.get("month")
        return month if month is not None else self.books.month


class StatementForm(MonthForm):
    """A statement, perhaps with what is saved but not posted."""

    waiting = forms.BooleanField(label=_("With vouchers that are not posted"), required=False)


class ItemsForm(StatementForm):
    """What stands on the items of a kind."""

    kind = forms.ChoiceField(label=_("Broken down by"), required=False, choices=ItemKind.choices)
    field_order = ("kind", "month", "waiting")

    @property
    def kind_chosen(self) -> str:
        """The list; customers if none was chosen."""
        return self.cleaned_data.get("kind") or str(ItemKind.CUSTOMER)


class BalancesForm(StatementForm):
    """The trial balance."""

    level = forms.TypedChoiceField(
        label=_("Down to level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(n, str(n)) for n in range(1, 8)],
    )
    zero = forms.BooleanField(label=_("With empty subjects"), required=False)
    codes = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    field_order = ("month", "level", "waiting", "zero")

    @property
    def level_chosen(self) -> int:
        """How deep."""
        return int(self.cleaned_data.get("level") or 1)

    @property
    def narrowed(self) -> tuple[str, ...]:
        """The codes to which it is narrowed; none is all."""
        return tuple(code for code in self.cleaned_data.get("codes", "").split(",") if code)


class LedgerForm(MonthForm):
    """The ledger of a subject."""

    subject = forms.CharField(
        label=_("Subject"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"list": "subjects", "autocomplete": "off"}),
    )
    field_order = ("subject", "month")


class YearForm(forms.Form):
    """The year of a general ledger."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, books: Books, years: Sequence[int]) -> None:
        super().__init__(data if "year" in data else {"year": str(books.month // 100)})
        self.books = books
        chosen: Any = self.fields["year"]
        chosen.choices = [(year, str(year)) for year in years]
        self.is_valid()

    @property
    def chosen(self) -> int:
        """The year; what makes no sense is the current one."""
        return int(self.cleaned_data.get("year") or self.books.month // 100)
