"""Narrowing statements, and what is sent about them."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField, RemarkField
from accounts.forms.filters import MonthFilter
from accounts.models import Account
from accounts.tree import folder_choices
from config.forms import CardSelect
from finance.forms.base import AmountField, KeyField
from finance.models import RepaymentPlan, Statement

OVERDUE, TO_REPAY = "overdue", "to_repay"


class StatementFilter(MonthFilter):
    """By month and state."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (OVERDUE, _("Overdue")), (TO_REPAY, _("To be repaid")), *Statement.State.choices],
    )


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
