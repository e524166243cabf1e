"""Who pays for whom, who inherits discounts, and the accounts of resellers, for support staff."""

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
from accounts.permissions import Inherit
from config.templatetags.ui import money
from finance.models import Inheritance, Reseller, Trust
from finance.services.caps import used_of_cap
from finance.services.resellers import mark_reseller, unmark_reseller
from finance.timelines import mode_of

if TYPE_CHECKING:
    BaseForm = forms.ModelForm[Reseller]
else:
    BaseForm = forms.ModelForm

TONES = {
    Trust.State.PROPOSED: "wait",
    Trust.State.AGREED: "ok",
    Trust.State.REFUSED: "stop",
    Trust.State.ENDED: "neutral",
}


class TwoSides(StaffAdmin):
    """A row between a manager and a member."""

    search_fields = ["manager__name", "=manager__number", "member__name", "=member__number"]
    search_help_text = _("Name or number of either account")
    list_select_related = ["manager", "member"]
    ordering = ["-id"]

    @admin.display(description=_("manager"))
    def manager_link(self, row: Any) -> SafeString | str:
        """The page of the account that pays."""
        return link(row.manager)

    @admin.display(description=_("member"))
    def member_link(self, row: Any) -> SafeString | str:
        """The page of the account that is paid for."""
        return link(row.member)

    @admin.display(description=_("relationship"))
    def relationship_link(self, row: Any) -> SafeString | str:
        """Its page."""
        return link(row.relationship)


@admin.register(Trust)
class TrustAdmin(TwoSides):
    """Agreed between the two accounts; staff look and explain."""

    list_display = [
        "shown_name",
        "member",
        "shown_state",
        at("starts_at", _("from")),
        at("ends_at", _("until")),
        at("proposed_at", _("proposed")),
    ]
    list_filter = ["state"]
    fields = [
        "manager_link",
        "member_link",
        "relationship_link",
        "starts_at",
        "ends_at",
        "begun_at",
        "shown_cap",
        "shown_used",
        "from_cash",
        "shares_vouchers",
        "proposed_by",
        "proposed_at",
        "expires_at",
        "answered_by",
        "answered_at",
    ]
    readonly_fields = ["manager_link", "member_link", "relationship_link", "shown_cap", "shown_used"]

    def title(self, row: Trust) -> str:
        """Who for whom."""
        return _now("%(manager)s pays for %(member)s") % {"manager": row.manager.name, "member": row.member.name}

    def state(self, row: Trust) -> Text:
        """As it is judged now."""
        mode = mode_of([row], now=timezone.now())
        if row.state in {Trust.State.PROPOSED, Trust.State.AGREED}:
            return pill(mode.label, mode.tone) if mode.trust else pill(_("Over"))
        return pill(row.get_state_display(), TONES.get(row.state, "neutral"))

    def panels(self, request: HttpRequest, row: Trust) -> Sequence[Panel | History]:  # noqa: ARG002
        """Each step of it."""
        return [history(of_subject(row))]

    @admin.display(description=_("manager"), ordering="manager__name")
    def shown_name(self, row: Trust) -> str:
        """The account that pays."""
        return str(row.manager)

    @admin.display(description=_("state"))
    def shown_state(self, row: Trust) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("limit a month"))
    def shown_cap(self, row: Trust) -> SafeString | str:
        """In yuan."""
        return money(row.cap)

    @admin.display(description=_("used of it this month"))
    def shown_used(self, row: Trust) -> SafeString | str:
        """In yuan."""
        return money(used_of_cap(trust=row, at=timezone.now()))


@admin.register(Inheritance)
class InheritanceAdmin(TwoSides):
    """Follows what the two accounts agreed on when they were linked."""

    list_display = ["shown_name", "member", "what", at("starts_at", _("from")), at("ends_at", _("until"))]
    list_filter = ["what"]
    fields = ["manager_link", "member_link", "relationship_link", "what", "starts_at", "ends_at"]
    readonly_fields = ["manager_link", "member_link", "relationship_link"]

    def title(self, row: Inheritance) -> str:
        """Whose by whom."""
        words = {"manager": row.manager.name, "member": row.member.name}
        if row.what == Inherit.CREDIT:
            return _now("%(member)s inherits the credit identity of %(manager)s") % words
        return _now("%(member)s inherits the discounts of %(manager)s") % words

    def state(self, row: Inheritance) -> Text:
        """Whether it counts."""
        return pill(_("Over")) if row.ends_at else pill(_("Valid"), "ok")

    def panels(self, request: HttpRequest, row: Inheritance) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened to the relationship that it follows."""
        return [history(of_subject(row.relationship))]

    @admin.display(description=_("manager"), ordering="manager__name")
    def shown_name(self, row: Inheritance) -> str:
        """From whom."""
        return str(row.manager)


class ResellerForm(BaseForm):
    """The account with this number."""

    number = forms.CharField(label=_("account number"), max_length=20)

    class Meta:
        model = Reseller
        fields = ["note"]

    def clean_number(self) -> Account:
        """The account of this number."""
        account = Account.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no account with this number."))
        return account


def _unmark(actor: Actor, row: Reseller, _typed: Mapping[str, str]) -> Text:
    unmark_reseller(actor=actor, account=row.account)
    return _now("No longer marked as a reseller's account.")


@admin.register(Reseller)
class ResellerAdmin(StaffAdmin):
    """Marked here; a marked account pays for nobody (A2.19)."""

    form = ResellerForm
    list_display = ["shown_name", "shown_state", "note", "marked_by", at("marked_at", _("marked"))]
    list_select_related = ["account", "marked_by"]
    search_fields = ["account__name", "=account__number", "note"]
    search_help_text = _("Name or number of the account, or the note")
    readonly_fields = ["account_link"]
    buttons = [
        Button(
            "unmark",
            _("No reseller any more"),
            _unmark,
            "finance.change_reseller",
            icon="store",
            danger=True,
            warning=_("The account can pay for members again. That it was marked stays here."),
            offered=lambda row: row.cleared_at is None,
        )
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is asked, or what was marked."""
        return ["number", "note"] if obj is None else ["account_link", "note", "marked_by", "marked_at", "cleared_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("finance.add_reseller")

    def save_model(self, request: HttpRequest, obj: Reseller, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service."""
        typed = form.cleaned_data
        row = mark_reseller(actor=staff_actor(request), account=typed["number"], note=typed["note"])
        obj.pk, obj.account_id, obj._state.adding = row.pk, row.account_id, False

    def title(self, row: Reseller) -> str:
        """Which account."""
        return str(row.account)

    def state(self, row: Reseller) -> Text:
        """Whether it counts."""
        return pill(_("Over")) if row.cleared_at else pill(_("Valid"), "warn")

    def panels(self, request: HttpRequest, row: Reseller) -> Sequence[Panel | History]:  # noqa: ARG002
        """When it was marked and unmarked, and by whom."""
        return [history(of_subject(row))]

    @admin.display(description=_("state"))
    def shown_state(self, row: Reseller) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"), ordering="account__name")
    def shown_name(self, row: Reseller) -> str:
        """Which."""
        return str(row.account)

    @admin.display(description=_("account"))
    def account_link(self, row: Reseller) -> SafeString | str:
        """Its page."""
        return link(row.account)
