"""Companies and their accounts, to look at."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, history, link, pill, table, when
from accounts.models import Account, Certification, Enterprise, Event, Operator, Relationship
from accounts.permissions import Role
from accounts.standing import with_standing

CERTIFIED_TONES = {Account.Certified.NO: "neutral", Account.Certified.INDIVIDUAL: "info", "enterprise": "ok"}
SOME = 51  # one more than a panel shows


def certified(account: Account) -> SafeString:
    """As whom the account is verified, as a pill."""
    return pill(Account.Certified(account.certified).label, CERTIFIED_TONES[account.certified])


def account_rows(accounts: Iterable[Account]) -> list[Sequence[Any]]:
    """Accounts in a panel."""
    return [[link(each), each.number, each.username, certified(each), when(each.created_at)] for each in accounts]


ACCOUNT_COLUMNS = [_("name"), _("account number"), _("user name"), _("certified as"), _("opened")]


@admin.register(Enterprise)
class EnterpriseAdmin(StaffAdmin):
    """One row per credit code."""

    list_display = ["name", "credit_code", "legal_representative", "accounts_count", at("created_at", _("added"))]
    search_fields = ["name", "=credit_code", "legal_representative"]
    search_help_text = _("Name, whole credit code or legal representative")
    ordering = ["-id"]
    fields = ["name", "credit_code", "legal_representative", "registered_address", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of accounts."""
        rows: QuerySet[Any] = super().get_queryset(request).annotate(accounts_number=Count("accounts"))
        return rows

    @admin.display(description=_("accounts"), ordering="accounts_number")
    def accounts_count(self, row: Any) -> int:
        """How many are verified as it."""
        return int(row.accounts_number)

    def panels(self, request: HttpRequest, row: Enterprise) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its accounts and how they were verified."""
        applied = Certification.objects.filter(credit_code=row.credit_code).select_related("account", "reviewed_by")
        rows = [
            [
                link(each),
                link(each.account),
                Certification.State(each.state).label,
                each.reviewed_by,
                when(each.reviewed_at),
            ]
            for each in applied.order_by("-pk")[:SOME]
        ]
        return [
            table(_("Accounts"), ACCOUNT_COLUMNS, account_rows(row.accounts.order_by("-pk")[:SOME])),
            table(
                _("Certifications"),
                [_("name"), _("account"), _("state"), _("reviewed by"), _("reviewed")],
                rows,
            ),
        ]


@admin.register(Account)
class AccountAdmin(StaffAdmin):
    """What is billed and linked."""

    list_display = [
        "name",
        "number",
        "username",
        "shown_certified",
        "kind",
        "enterprise",
        at("created_at", _("opened")),
    ]
    list_filter = ["certified", "kind"]
    list_select_related = ["enterprise"]
    search_fields = ["name", "=number", "=username", "=email", "enterprise__name", "=enterprise__credit_code"]
    search_help_text = _("Name or company; whole account number, user name, e-mail or credit code")
    ordering = ["-id"]
    fields = [
        "name",
        "number",
        "username",
        "email",
        "kind",
        "shown_certified",
        "company",
        "holder_name",
        "created_at",
    ]
    readonly_fields = ["shown_certified", "company"]

    def state(self, row: Account) -> Text:
        """As whom it is verified."""
        return certified(row)

    @admin.display(description=_("certified as"), ordering="certified")
    def shown_certified(self, row: Account) -> SafeString:
        """As a pill."""
        return certified(row)

    @admin.display(description=_("enterprise"))
    def company(self, row: Account) -> SafeString | str:
        """Its page."""
        return link(row.enterprise)

    def panels(self, request: HttpRequest, row: Account) -> Sequence[Panel | History]:  # noqa: ARG002
        """Who acts in it, with whom it is linked, what happened."""
        return [_operators(row), _links(row), _keys(row), history(Event.objects.about(row))]


def _operators(account: Account) -> Panel:
    operators = Operator.objects.filter(account=account).select_related("user", "added_by").order_by("pk")[:SOME]
    columns = [_("person"), _("user name"), _("role"), _("added by"), _("added")]
    rows = [
        [link(each.user), each.user.username, Role(each.role).label, each.added_by, when(each.added_at)]
        for each in operators
    ]
    return table(_("Operators"), columns, rows, empty=_("Nobody: a resource account has no operators of its own."))


def _links(account: Account) -> Panel:
    found = Relationship.objects.filter(Q(manager=account) | Q(member=account)).select_related("manager", "member")
    rows: list[Sequence[Any]] = []
    for each in with_standing(list(found.order_by("-pk")[:SOME])):
        manages = each.manager_id == account.pk
        standing = each.standing  # type: ignore[attr-defined]
        other = each.member if manages else each.manager
        rows.append(
            [
                link(each, _("manages") if manages else _("is managed by")),
                link(other),
                Relationship.Kind(each.kind).label,
                pill(standing.shown.label, standing.tone),
                standing.detail,
            ]
        )
    columns: list[Text] = [_("side"), _("other account"), _("kind"), _("state"), ""]
    return table(_("Links"), columns, rows, empty=_("Not linked with any account."))


def _keys(account: Account) -> Panel:
    columns = [_("name"), _("begins with"), _("created"), _("last used"), _("revoked")]
    rows = [
        [link(key, key.name), key.prefix, when(key.created_at), when(key.used_at), when(key.revoked_at)]
        for key in account.api_keys.order_by("-pk")[:SOME]
    ]
    return table(_("API keys"), columns, rows)
