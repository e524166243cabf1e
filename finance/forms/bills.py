"""Narrowing bills, and choosing what the spending page shows."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import DaysFilter
from accounts.models import Account
from accounts.tree import folder_choices
from finance.bill_groups import LABELS, MONTH, PRODUCT
from finance.bills import GROUP, members_shown
from finance.models import BillLine, Category, Product
from finance.spending import MEMBER, months_back
from finance.spending import PRODUCT as BY_PRODUCT

MONTHS_OFFERED = 24
_MONTH = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])", re.ASCII)
PERIOD = ("month", "since", "until", "statement")
PAID = (("voucher", _("Vouchers")), ("cash", _("Cash")), ("credit", _("Credit")), ("outstanding", _("Still unpaid")))


class MonthField(forms.Field):
    """A month as `2026-11`, chosen from the last two years; an older one comes by a link."""

    widget = forms.Select
    default_error_messages = {"invalid": _("Choose a month, such as 2026-11.")}

    def to_python(self, value: Any) -> date | None:
        """Its first day."""
        if not value:
            return None
        found = _MONTH.fullmatch(str(value))
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return date(int(found[1]), int(found[2]), 1)

    def offer(self, today: date, asked: str, *, empty: bool) -> None:
        """The choices: the months until now, and the one that was asked for."""
        months = [f"{months_back(today.replace(day=1), count):%Y-%m}" for count in range(MONTHS_OFFERED)]
        if _MONTH.fullmatch(asked) and asked not in months:
            months.append(asked)
        none = [("", _("Any"))] if empty else []
        self.widget.choices = [*none, *((month, month) for month in months)]


class BillFilter(DaysFilter):
    """By time, member, product and what else a line has. Without any time it is the running month; by month, a year."""

    field_order = ("month", "scope", "member", "product", "folder", "kind", "paid", "category", "since", "until")
    month = MonthField(label=_("Month"), required=False)
    scope = forms.ChoiceField(
        label=_("Paid by"), required=False, choices=[("", _("This account")), (GROUP, _("Everybody in the group"))]
    )
    member = forms.CharField(
        label=_("Used by"),
        required=False,
        max_length=120,
        widget=forms.SearchInput(attrs={"placeholder": _("Name or account number")}),
    )
    product = forms.ChoiceField(label=_("Product"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    folder = forms.ChoiceField(label=_("Folder"), required=False)
    directly = forms.ChoiceField(
        label=_("Of the folder"),
        required=False,
        choices=[("", _("Everything below it")), ("1", _("Only what lies directly in it, or in none"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *BillLine.Category.choices]
    )
    paid = forms.ChoiceField(label=_("Paid with"), required=False, choices=[("", _("Anything")), *PAID])
    instance = forms.CharField(label=_("Instance"), required=False, max_length=100)
    statement = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, label=_("Statement")
    )
    by = forms.CharField(required=False, widget=forms.HiddenInput)
    more = ("category", "instance", "since", "until", "directly")  # drawn behind “More”

    def __init__(self, data: QueryDict, *, account: Account) -> None:
        """With the products on sale, the account's folders, and a time."""
        self.by_name = str(data.get("by", "")) if data.get("by") in LABELS else PRODUCT
        super().__init__(_with_period(data, self.by_name))
        today = timezone.localdate()
        self.fields["month"].offer(today, str(data.get("month", "")), empty=True)  # type: ignore[attr-defined]
        self.fields["product"].choices = _named(Product.objects.all(), _("All products"))  # type: ignore[attr-defined]
        self.fields["category"].choices = _named(Category.objects.all(), _("All categories"))  # type: ignore[attr-defined]
        folders = [(str(pk), name) for pk, name in folder_choices(account)]
        self.fields["folder"].choices = [("", _("All folders")), *folders]  # type: ignore[attr-defined]
        self.has_members = members_shown(account).exists()
        self.has_folders = bool(folders)
        if not folders:
            self.fields["folder"].widget = forms.HiddenInput()
            self.fields["directly"].widget = forms.HiddenInput()
        if not self.has_members:
            self.fields["scope"].widget = forms.HiddenInput()

    @property
    def asked(self) -> dict[str, Any]:
        """What makes sense of it, for `finance.bills`."""
        return {name: value for name, value in super().asked.items() if name != "by"}

    @property
    def narrows(self) -> bool:
        """Something besides a time and whose bill it is was asked for."""
        return any(name not in {"month", "scope"} for name in self.asked)

    @property
    def first_fields(self) -> list[Any]:
        """Those that are always drawn."""
        return [field for field in self.visible_fields() if field.name not in self.more]

    @property
    def more_fields(self) -> list[Any]:
        """Those behind “More”."""
        return [field for field in self.visible_fields() if field.name in self.more]

    @property
    def more_asked(self) -> bool:
        """One of them is in use, or wrong."""
        return any(self.data.get(name) for name in self.more)


def _with_period(data: QueryDict, by: str) -> Mapping[str, Any]:
    if any(data.get(name) for name in PERIOD):
        return data
    month = timezone.localdate().replace(day=1)
    given = data.copy()
    if by == MONTH:
        given["since"] = months_back(month, 11).isoformat()
    else:
        given["month"] = f"{month:%Y-%m}"
    return given


def _named(rows: Any, everything: Any) -> list[tuple[str, Any]]:
    return [("", everything), *rows.values_list("code", "name")]


class BillExportForm(forms.Form):
    """Which table, in which kind of file."""

    file = forms.ChoiceField(choices=[(name, name) for name in ("bills-csv", "bills-xlsx", "focus-csv")])


class SpendingFilter(forms.Form):
    """Which month, whose, split by what, over how long; nonsense falls back and says so."""

    month = MonthField(label=_("Month"), required=False)
    scope = forms.ChoiceField(
        label=_("Paid by"), required=False, choices=[(GROUP, _("Everybody in the group")), ("own", _("This account"))]
    )
    split = forms.ChoiceField(
        label=_("Colours"), required=False, choices=[(BY_PRODUCT, _("By product")), (MEMBER, _("By account"))]
    )
    span = forms.TypedChoiceField(
        label=_("Columns"), required=False, coerce=int, choices=[("6", _("6 months")), ("12", _("12 months"))]
    )

    def __init__(self, data: QueryDict, *, account: Account) -> None:
        """With the months until now; who has no members is not asked whose."""
        super().__init__(data)
        today = timezone.localdate()
        self.fields["month"].offer(today, str(data.get("month", "")), empty=False)  # type: ignore[attr-defined]
        self.has_members = members_shown(account).exists()
        if not self.has_members:
            self.fields["scope"].widget = forms.HiddenInput()

    @property
    def chosen(self) -> dict[str, Any]:
        """For `finance.spending`."""
        self.is_valid()
        values = self.cleaned_data
        own = not self.has_members or values.get("scope") == "own"
        return {
            "month": values.get("month") or timezone.localdate().replace(day=1),
            "scope": "" if own else GROUP,
            "split": values.get("split") or BY_PRODUCT,
            "span": values.get("span") or 6,
        }
