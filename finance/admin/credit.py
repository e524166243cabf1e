"""Credit lines, granted and revoked here, and what managers gave of them to members."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill
from accounts.models import Account
from config.templatetags.ui import money
from finance.models import CreditAllotment, CreditLine
from finance.services.credit import grant_credit, revoke_credit

if TYPE_CHECKING:
    BaseForm = forms.ModelForm[CreditLine]
else:
    BaseForm = forms.ModelForm


def _revoke(actor: Actor, row: CreditLine, _typed: Mapping[str, str]) -> Text:
    revoke_credit(actor=actor, line_id=row.pk)
    return _now("Revoked: no more can be drawn of it. What is in use stays owed.")


def _valid(row: CreditLine) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > timezone.now())


class CreditLineForm(BaseForm):
    """A limit for the account with this number; without an end it holds until it is revoked."""

    number = forms.CharField(label=_("account number"), max_length=20)

    class Meta:
        model = CreditLine
        fields = ["limit", "expires_at", "note"]

    def clean_number(self) -> Account:
        """The account of this number."""
        account = Account.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no account with this number."))
        return account

    def clean_expires_at(self) -> Any:
        """Shape only: an end that lies ahead, as the service asks, said at the field."""
        end = self.cleaned_data["expires_at"]
        if end is not None and end <= timezone.now():
            raise forms.ValidationError(_("The end must lie in the future."))
        return end


@admin.register(CreditLine)
class CreditLineAdmin(StaffAdmin):
    """Granted once, then read-only until it is revoked."""

    form = CreditLineForm
    list_display = [
        "shown_name",
        "account",
        "shown_state",
        "granted_by",
        at("granted_at", _("granted")),
        at("expires_at", _("valid until")),
    ]
    list_select_related = ["account", "granted_by"]
    search_fields = ["account__name", "=account__number", "note"]
    search_help_text = _("Name or number of the account, or the note")
    readonly_fields = ["account_link", "shown_limit"]
    buttons = [
        Button(
            "revoke",
            _("Revoke"),
            _revoke,
            "finance.change_creditline",
            icon="badge-percent",
            danger=True,
            warning=_("The account can draw no more of it at once. What is in use stays owed."),
            offered=lambda row: row.revoked_at is None,
        )
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is asked, or what was granted."""
        if obj is None:
            return ["number", "limit", "expires_at", "note"]
        return ["account_link", "shown_limit", "granted_by", "granted_at", "expires_at", "revoked_at", "note"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("finance.add_creditline")

    def save_model(self, request: HttpRequest, obj: CreditLine, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service."""
        typed = form.cleaned_data
        row = grant_credit(
            actor=staff_actor(request),
            account=typed["number"],
            limit=typed["limit"],
            expires_at=typed["expires_at"],
            note=typed["note"],
        )
        obj.pk, obj.account_id, obj._state.adding = row.pk, row.account_id, False

    def title(self, row: CreditLine) -> str:
        """Which."""
        return _now("Credit line #%(number)s") % {"number": row.pk}

    def state(self, row: CreditLine) -> Text:
        """Whether it counts."""
        if _valid(row):
            return pill(_("Valid"), "ok")
        return pill(_("Revoked"), "stop") if row.revoked_at else pill(_("Over"))

    def panels(self, request: HttpRequest, row: CreditLine) -> Sequence[Panel | History]:  # noqa: ARG002
        """Who granted and revoked it."""
        return [history(of_subject(row))]

    @admin.display(description=_("limit"), ordering="limit")
    def shown_name(self, row: CreditLine) -> SafeString | str:
        """In yuan."""
        return money(row.limit)

    @admin.display(description=_("limit"))
    def shown_limit(self, row: CreditLine) -> SafeString | str:
        """In yuan."""
        return money(row.limit)

    @admin.display(description=_("state"))
    def shown_state(self, row: CreditLine) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"))
    def account_link(self, row: CreditLine) -> SafeString | str:
        """Its page."""
        return link(row.account)


@admin.register(CreditAllotment)
class CreditAllotmentAdmin(StaffAdmin):
    """How much of a manager's limit a member may use."""

    list_display = ["shown_name", "manager", "member", at("changed_at", _("changed"))]
    list_select_related = ["relationship__manager", "relationship__member"]
    search_fields = [
        "relationship__manager__name",
        "relationship__member__name",
        "=relationship__manager__number",
        "=relationship__member__number",
    ]
    search_help_text = _("Name or number of either account")
    ordering = ["-id"]
    fields = ["manager", "member", "relationship_link", "shown_name", "changed_at"]
    readonly_fields = ["manager", "member", "relationship_link", "shown_name"]

    @admin.display(description=_("amount"), ordering="amount")
    def shown_name(self, row: CreditAllotment) -> SafeString | str:
        """In yuan."""
        return money(row.amount)

    @admin.display(description=_("manager"))
    def manager(self, row: CreditAllotment) -> SafeString | str:
        """The page of the account that gave it."""
        return link(row.relationship.manager)

    @admin.display(description=_("member"))
    def member(self, row: CreditAllotment) -> SafeString | str:
        """The page of the account that has it."""
        return link(row.relationship.member)

    @admin.display(description=_("relationship"))
    def relationship_link(self, row: CreditAllotment) -> SafeString | str:
        """Its page."""
        return link(row.relationship)

    def panels(self, request: HttpRequest, row: CreditAllotment) -> Sequence[Panel | History]:  # noqa: ARG002
        """Each time it was moved."""
        return [history(of_subject(row))]
