"""A stock document as it is typed: its head by a form, its lines row by row; and what a list is narrowed by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.filters import Day, Filter
from kiscloud.books.typed import read_quantity
from kiscloud.inventory import policy
from kiscloud.inventory.items import Head, Item
from kiscloud.inventory.models import Document, Good, Kind
from kiscloud.models import AccountSet

CELLS: Final = ("good", "quantity", "price", "rate")


class HeadForm(forms.Form):
    """Date, partner and note; documents of the house have no partner."""

    day = forms.DateField(label=_("Date"), widget=Day(format="%Y-%m-%d"))
    partner = forms.CharField(
        label=_("Business partner"),
        max_length=90,
        widget=forms.TextInput({"list": "partners", "autocomplete": "off"}),
    )
    note = forms.CharField(label=pgettext_lazy("stock", "Note"), max_length=120, required=False)

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if document.is_inside:
            del self.fields["partner"]

    @property
    def head(self) -> Head:
        """What stands above the lines."""
        cleaned = self.cleaned_data
        return Head(cleaned["day"], code_in(cleaned.get("partner", "")), cleaned["note"])


@dataclass(slots=True)
class Row:
    """One line of the form: what was typed, and what is wrong with it."""

    good: str = ""
    quantity: str = ""
    price: str = ""
    rate: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Nothing was typed; a rate alone says nothing."""
        return not (self.good.strip() or self.quantity.strip() or self.price.strip())


def typed_rows(data: QueryDict) -> list[Row]:
    """The rows as they came, in their order; empty ones at the end are dropped."""
    columns = [data.getlist(name) for name in CELLS]
    count = min(max((len(column) for column in columns), default=0), policy.LINES_MAX + 1)
    cells = [[column[place] if place < len(column) else "" for column in columns] for place in range(count)]
    rows = [Row(good, quantity, price, rate) for good, quantity, price, rate in cells]
    while rows and rows[-1].is_blank:
        rows.pop()
    return rows


def items_of(rows: Sequence[Row]) -> list[Item]:
    """What the rows say; a row that cannot be read gets its problem."""
    return [_item(row) for row in rows]


def _item(row: Row) -> Item:
    figures: dict[str, Decimal | None] = {}
    for name in ("quantity", "price"):
        try:
            figures[name] = read_quantity(getattr(row, name))
        except ValidationError as error:
            row.problems += error.messages
    rate = row.rate.strip().removesuffix("%")
    if rate and not (rate.isascii() and rate.isdigit() and int(rate[:4]) in policy.RATES):
        row.problems.append(str(_("There is no such tax rate.")))
        rate = ""
    return Item(code_in(row.good), figures.get("quantity"), figures.get("price"), int(rate) if rate else None)


def code_in(text: str) -> str:
    """The code that a choice like “001 蓝牙音箱” begins with."""
    return text.split(maxsplit=1)[0] if text.strip() else ""


def rows_of(document: Document) -> list[Row]:
    """The rows of a stored document, to be changed or copied."""
    lines = document.lines.select_related("good").order_by("place")
    return [
        Row(
            str(line.good),
            f"{line.quantity.normalize():f}",
            f"{line.price.normalize():f}" if line.price else "",
            "" if document.is_inside else str(line.rate),
        )
        for line in lines
    ]


def rows_to_count(account_set: AccountSet) -> list[Row]:
    """A row for each good in use, with what should be there."""
    goods = Good.objects.filter(account_set=account_set, disabled=False).select_related("stock").order_by("code")
    return [Row(str(good), f"{good.stock.quantity.normalize():f}") for good in goods[: policy.LINES_MAX]]


def padded(rows: Sequence[Row]) -> list[Row]:
    """With empty rows below, so that it works without a script."""
    return [*rows, *(Row() for _place in range(max(2, policy.ROWS_WITHOUT_SCRIPT - len(rows))))]


class DocumentFilter(Filter):
    """By kind, period, partner and state; `voucher` is where a voucher's own link leads."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Kind.choices])
    month = forms.TypedChoiceField(label=pgettext_lazy("books", "Period"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Document.State.choices])
    partner = forms.CharField(
        label=_("Business partner"), required=False, max_length=60, widget=forms.SearchInput({"autocomplete": "off"})
    )
    voucher = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, months: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        chosen: Any = self.fields["month"]
        chosen.choices = [("", _("All periods")), *months]
