"""Companies of KIS cloud, as support sees them: their people and products, and a founder who left."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Panel, at, history, link, of_subject, pill, table, when, yes
from accounts.models import Account
from finance.admin.columns import BoundedPaginator
from kiscloud.models import Company
from kiscloud.product_reports import TONES
from kiscloud.services.members import PERMISSION, hand_over_company


def _hand_over(actor: Actor, row: Company, typed: Mapping[str, str]) -> Text:
    heir = hand_over_company(
        actor=actor, company_id=row.pk, mobile=typed.get("mobile", ""), reason=typed.get("reason", "")
    )
    return _now("%(person)s is the founder now.") % {"person": heir.name}


@admin.register(Company)
class CompanyAdmin(StaffAdmin):
    """Who runs it, what it uses, and what happened."""

    paginator = BoundedPaginator
    list_display = ["name", "founder", "shown_state", at("created_at", _("registered")), at("served_since", _("since"))]
    list_filter = [("served_since", admin.EmptyFieldListFilter), ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["founder", "account"]
    search_fields = ["name", "=account__number", "=founder__mobile"]
    search_help_text = _("Company, number of its account, mobile number of its founder")
    fields = ("name", "account_link", "founder_link", "created_at", "served_since", "is_demo", "deleted_at")
    buttons = [
        Button(
            "hand-over",
            _("Hand over to another administrator"),
            _hand_over,
            PERMISSION,
            icon="handshake",
            ask=Ask("mobile", _("Mobile number of the administrator"), 20, short=True),
            also=(Ask("reason", _("Reason"), 200, _("It stays on record.")),),
            offered=lambda row: row.deleted_at is None and not row.is_demo,
        )
    ]
    readonly_fields = ["account_link", "founder_link"]

    def state(self, row: Company) -> Text:
        """Verified or not, as customers see it."""
        if row.deleted_at is not None:
            return pill(_now("Deleted"), "stop")
        verified = row.account.certified == Account.Certified.ENTERPRISE
        return pill(pgettext("a company", "Verified"), "ok") if verified else pill(_now("Not verified"), "wait")

    def panels(self, request: HttpRequest, row: Company) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its products and people, and what happened."""
        now = timezone.now()
        products = row.subscriptions.order_by("-pk")[: ROWS_MAX + 1]
        people = row.members.filter(left_at=None).select_related("user").order_by("name", "pk")[: ROWS_MAX + 1]
        states = [(one, one.state_at(at=now)) for one in products]
        return [
            table(
                _now("Products"),
                [_now("Product"), _now("State"), _now("Users"), _now("End"), _now("Deleted")],
                [
                    [
                        link(one, one.get_edition_display()),
                        pill(state.label, TONES[state]),
                        one.users_total,
                        when(one.expires_at),
                        yes(one.deleted_at),
                    ]
                    for one, state in states
                ],
            ),
            table(
                _now("People"),
                [_now("Name"), _now("Person"), _now("Administrator")],
                [[one.name, link(one.user), yes(one.is_admin)] for one in people],
            ),
            history(of_subject(row)),
        ]

    @admin.display(description=_("state"))
    def shown_state(self, row: Company) -> Text:
        """As a pill."""
        return self.state(row)

    @admin.display(description=_("account"))
    def account_link(self, row: Company) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("founder"))
    def founder_link(self, row: Company) -> SafeString | str:
        """Their page."""
        return link(row.founder)
