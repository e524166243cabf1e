"""Narrowing statements, and what is sent about them."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField, RemarkField
from accounts.models import Account
from accounts.tree import folder_choices
from config.forms import CardSelect
from finance.forms.base import AmountField, KeyField
from finance.models import RepaymentPlan, Statement

YEARS = range(2000, 2100)
OVERDUE, TO_REPAY = "overdue", "to_repay"


class MonthInput(forms.DateInput):
    """The browser's own calendar of months."""

    input_type = "month"


class StatementFilter(forms.Form):
    """What the list is narrowed to; nonsense in the address narrows nothing."""

    month = forms.DateField(
        label=_("Month"), required=False, input_formats=["%Y-%m"], widget=MonthInput(format="%Y-%m")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (OVERDUE, _("Overdue")), (TO_REPAY, _("To be repaid")), *Statement.State.choices],
    )

    @property
    def asked(self) -> dict[str, Any]:
        """What makes sense of it."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def narrows(self) -> bool:
        """Something was asked for, so that an empty list means “nothing like this” and not “nothing yet”."""
        return any(self.data.get(name) for name in self.fields)

    def clean_month(self) -> date | None:
        """A month that a calendar has."""
        month: date | None = self.cleaned_data["month"]
        return month if month and month.year in YEARS else None


class MemberStatementFilter(StatementFilter):
    """The same over all members, of whom a folder holds some."""

    field_order = ("member", "folder", "month", "state")
    member = forms.CharField(
        label=_("Account name or number"), required=False, max_length=120, widget=forms.SearchInput
    )
    folder = forms.ChoiceField(label=_("Folder"), required=False)

    def __init__(self, data: QueryDict, *, account: Account) -> None:
        """With the account's folders, if it has any."""
        super().__init__(data)
        folders = [(str(pk), name) for pk, name in folder_choices(account)]
        self.fields["folder"].choices = [("", _("All folders")), *folders]  # type: ignore[attr-defined]
        if not folders:
            self.fields["folder"].widget = forms.HiddenInput()


class DisputeForm(forms.Form):
    """How much of a line is doubted, and why."""

    amount = AmountField(label=_("Disputed amount in yuan"))
    reason = RemarkField(label=_("What is wrong"), required=True, help_text=_("Our support reads it and answers you."))


class PlanForm(forms.Form):
    """A name and an order; the statements are ticked in the table beside them."""

    name = NameField(label=_("Name of the plan"))
    order = forms.ChoiceField(
        label=_("Which statement is paid first"),
        choices=RepaymentPlan.Order.choices,
        initial=RepaymentPlan.Order.OLDEST_DUE,
        widget=CardSelect(),
    )


class ConsentForm(forms.Form):
    """The tick without which there is no plan (K11.3)."""

    consent = forms.BooleanField(
        label=_("I agree that the cash balance of this account is used to repay the other accounts in this plan"),
        error_messages={"required": _("Without your agreement the plan cannot be made.")},
    )
    key = KeyField()
