"""Payers of thousands: staff lay an account's credit in stripes, and put it together again."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill
from accounts.models import Account
from finance.models import StripedCredit
from finance.services.stripes import join_credit, stripe_credit

if TYPE_CHECKING:
    BaseForm = forms.ModelForm[StripedCredit]
else:
    BaseForm = forms.ModelForm


class StripedCreditForm(BaseForm):
    """The account with this number."""

    number = forms.CharField(
        label=_("account number"),
        max_length=20,
        help_text=_(
            "For an account that pays for thousands, where charges wait for each other: they then draw on 64 parts of "
            "its credit at once. The limit stays the same; files and pages show the sum."
        ),
    )

    class Meta:
        model = StripedCredit
        fields: Sequence[str] = []

    def clean_number(self) -> Account:
        """The account of this number."""
        account = Account.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no account with this number."))
        return account


def _join(actor: Actor, row: StripedCredit, _typed: Mapping[str, str]) -> Text:
    join_credit(actor=actor, account=row.account)
    return _now("Charges draw on one book again. What is in use stays owed where it is.")


@admin.register(StripedCredit)
class StripedCreditAdmin(StaffAdmin):
    """Switched on here for one account, and off by the button."""

    form = StripedCreditForm
    list_display = [
        "shown_name",
        "shown_state",
        "striped_by",
        at("striped_at", _("from")),
        at("joined_at", _("until")),
    ]
    list_select_related = ["account", "striped_by"]
    search_fields = ["account__name", "=account__number"]
    search_help_text = _("Name or number of the account")
    readonly_fields = ["account_link"]
    buttons = [
        Button(
            "join",
            _("Put together again"),
            _join,
            "finance.change_stripedcredit",
            icon="badge-percent",
            warning=_("Charges of this account will wait for each other again. Its limit stays the same."),
            offered=lambda row: row.joined_at is None,
        )
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is asked, or what was done."""
        return ["number"] if obj is None else ["account_link", "striped_by", "striped_at", "joined_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("finance.add_stripedcredit")

    def save_model(self, request: HttpRequest, obj: StripedCredit, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service."""
        row = stripe_credit(actor=staff_actor(request), account=form.cleaned_data["number"])
        obj.pk, obj.account_id, obj._state.adding = row.pk, row.account_id, False

    def title(self, row: StripedCredit) -> str:
        """Whose."""
        return str(row.account)

    def state(self, row: StripedCredit) -> Text:
        """Whether it holds."""
        return pill(_("Over")) if row.joined_at else pill(_("In stripes"), "ok")

    def panels(self, request: HttpRequest, row: StripedCredit) -> Sequence[Panel | History]:  # noqa: ARG002
        """When it was switched, and by whom."""
        return [history(of_subject(row))]

    @admin.display(description=_("state"))
    def shown_state(self, row: StripedCredit) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"), ordering="account__name")
    def shown_name(self, row: StripedCredit) -> str:
        """Which."""
        return str(row.account)

    @admin.display(description=_("account"))
    def account_link(self, row: StripedCredit) -> SafeString | str:
        """Its page."""
        return link(row.account)
