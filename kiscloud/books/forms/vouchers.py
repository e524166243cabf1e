"""A voucher as it is typed: its head by a form, its lines row by row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.filters import Day, Filter
from kiscloud.books import policy
from kiscloud.books.entries import Entry, Header
from kiscloud.books.forms.amounts import SignedAmount
from kiscloud.books.models import Books, Voucher, VoucherTemplate, Word
from kiscloud.books.naming import Choice, meant
from kiscloud.books.periods import as_choices, months_with_vouchers
from kiscloud.books.typed import read_amount, read_quantity

CELLS: Final = ("summary", "subject", "debit", "credit", "quantity", "item")
ROW_ACTS: Final = {
    "above": _("Insert a row above"),
    "below": _("Insert a row below"),
    "copy": _("Duplicate the row"),
    "delete": _("Delete the row"),
}
_CODE: Final = re.compile(r"\s*(\d{4,15})\b")


class HeadForm(forms.Form):
    """Word, date and the number of attachments."""

    word = forms.ChoiceField(label=_("Word"), choices=[(word, word) for word in Word.values])
    day = forms.DateField(label=_("Date"), widget=Day(format="%Y-%m-%d"))
    attachments = forms.IntegerField(
        label=_("Attachments"), min_value=0, max_value=policy.ATTACHMENTS_MAX, required=False, initial=0
    )

    @property
    def header(self) -> Header:
        """What stands above the lines."""
        cleaned = self.cleaned_data
        return Header(cleaned["day"], cleaned["word"], cleaned["attachments"] or 0)


@dataclass(slots=True)
class Row:
    """One line of the form: what was typed, and what is wrong with it."""

    summary: str = ""
    subject: str = ""
    debit: str = ""
    credit: str = ""
    quantity: str = ""
    item: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Nothing was typed."""
        return not any(getattr(self, name).strip() for name in CELLS)


def typed_rows(data: QueryDict) -> list[Row]:
    """The rows as they came, in their order; empty ones at the end are dropped."""
    columns = [data.getlist(name) for name in CELLS]
    count = min(max((len(column) for column in columns), default=0), policy.LINES_MAX + 1)
    rows = [_typed([column[place] if place < len(column) else "" for column in columns]) for place in range(count)]
    while rows and rows[-1].is_blank:
        rows.pop()
    return rows


def resolve_subjects(rows: Sequence[Row], choices: Sequence[Choice]) -> None:
    """Names and initials that can mean one subject only become that subject."""
    for row in rows:
        row.subject = meant(row.subject, choices)


def _typed(texts: Sequence[str]) -> Row:
    summary, subject, debit, credit, quantity, item = texts
    return Row(summary, subject, debit, credit, quantity, item)


def entries_of(rows: Sequence[Row]) -> list[Entry]:
    """What the rows say; a row that cannot be read gets its problem, and counts as empty."""
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    amounts: dict[str, Decimal] = {}
    quantity = None
    for name in ("debit", "credit"):
        try:
            amounts[name] = read_amount(getattr(row, name))
        except ValidationError as error:
            row.problems += error.messages
    try:
        quantity = read_quantity(row.quantity)
    except ValidationError as error:
        row.problems += error.messages
    return Entry(row.summary.strip(), code_in(row.subject), quantity=quantity, item=first_word(row.item), **amounts)


def code_in(text: str) -> str:
    """The code that a choice like “1002 银行存款” begins with; else the text itself."""
    found = _CODE.match(text)
    return found[1] if found else text.strip()


def first_word(text: str) -> str:
    """The code of an item that a choice like “C001 示例客户” begins with."""
    return text.split(maxsplit=1)[0] if text.strip() else ""


def rows_of(voucher: Voucher, names: Mapping[int, str]) -> list[Row]:
    """The rows of a stored voucher, to be changed or copied; `names` are those of its subjects."""
    lines = voucher.lines.select_related("item").order_by("place")
    return [
        Row(
            line.summary,
            names[line.subject_id],
            f"{line.debit}" if line.debit else "",
            f"{line.credit}" if line.credit else "",
            f"{line.quantity.normalize():f}" if line.quantity is not None else "",
            str(line.item or ""),
        )
        for line in lines
    ]


def rows_of_template(template: VoucherTemplate, choices: Sequence[Choice]) -> list[Row]:
    """The rows of a new voucher that begins with it; a subject that takes no entries any more is left as its code."""
    labels = {one.code: one.label for one in choices}
    return [
        Row(
            line.summary,
            labels.get(line.subject, line.subject),
            f"{line.debit}" if line.debit else "",
            f"{line.credit}" if line.credit else "",
            f"{line.quantity.normalize():f}" if line.quantity is not None else "",
            line.item,
        )
        for line in template.lines.order_by("place")
    ]


def rows_after(rows: Sequence[Row], asked: str) -> tuple[list[Row], int]:
    """The rows after what a button of a row asks (`above-2`: a row above the second), and where one goes on typing.

    Something else asks for nothing.
    """
    act, _dash, typed = asked.partition("-")
    place = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    found = [*rows, *(Row() for _row in range(place - len(rows)))][: policy.LINES_MAX]
    if not 0 < place <= len(found):
        return found, 1
    if act == "delete":
        del found[place - 1]
        return found, min(place, max(len(found), 1))
    if len(found) >= policy.LINES_MAX or act not in ROW_ACTS:
        return found, place
    at = place - 1 if act == "above" else place
    found.insert(at, replace(found[place - 1], problems=[]) if act == "copy" else Row())
    return found, at + 1


def padded(rows: Sequence[Row], least: int = policy.ROWS_WITHOUT_SCRIPT) -> list[Row]:
    """With empty rows below, so that it works without a script."""
    return [*rows, *(Row() for _place in range(max(2, least - len(rows))))]


class VoucherFilter(Filter):
    """By period, state, word, subject, words of the summary and amount."""

    month = forms.TypedChoiceField(label=pgettext_lazy("books", "Period"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False)
    word = forms.ChoiceField(
        label=_("Word"), required=False, choices=[("", _("All")), *((word, word) for word in Word.values)]
    )
    subject = forms.CharField(label=_("Subject code"), required=False, max_length=15)
    amount = SignedAmount(label=_("Amount"))
    q = forms.CharField(label=_("Words of the summary"), required=False, max_length=60, widget=forms.SearchInput)

    def __init__(self, data: Any, *, books: Books) -> None:
        super().__init__(data)
        month: Any = self.fields["month"]
        month.choices = [("", _("All periods")), *as_choices(months_with_vouchers(books))]
        state: Any = self.fields["state"]
        state.choices = [("", _("All")), *((value, books.stage(value)) for value in Voucher.State.values)]

    @property
    def asked(self) -> dict[str, Any]:
        """An amount of nought asks for nothing."""
        return {name: value for name, value in super().asked.items() if value != Decimal(0)}
