"""API keys: to look at and to stop."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill
from accounts.models import ApiKey
from accounts.models.api_key import Scope
from accounts.services.staff import revoke_key_for


def _revoke(actor: Actor, row: ApiKey, _typed: Mapping[str, str]) -> Text:
    revoke_key_for(actor=actor, key_id=row.pk)
    return _now("The key no longer works.")


def _usable(row: ApiKey) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > timezone.now())


@admin.register(ApiKey)
class ApiKeyAdmin(StaffAdmin):
    """Never a secret: only how it begins."""

    list_display = [
        "name",
        "account",
        "prefix",
        "shown_state",
        at("used_at", _("last used")),
        "created_by",
        at("created_at", _("created")),
    ]
    list_select_related = ["account", "created_by"]
    search_fields = ["name", "=prefix", "account__name", "=account__number"]
    search_help_text = _("Name or first signs of the key, name or number of the account")
    fields = ["name", "account_link", "prefix", "shown_scopes", "created_by", "created_at", "used_at", "revoked_at"]
    readonly_fields = ["account_link", "shown_scopes"]
    buttons = [
        Button(
            "revoke",
            _("Revoke"),
            _revoke,
            "accounts.change_apikey",
            icon="key-round",
            danger=True,
            warning=_("Programs that use this key stop at once. The account sees in its log that staff did it."),
            offered=_usable,
        )
    ]

    def state(self, row: ApiKey) -> Text:
        """Whether it works."""
        return pill(_("Works"), "ok") if _usable(row) else pill(_("Does not work any more"))

    @admin.display(description=_("state"))
    def shown_state(self, row: ApiKey) -> Text:
        """The same in the list."""
        return self.state(row)

    @admin.display(description=_("account"))
    def account_link(self, row: ApiKey) -> SafeString | str:
        """The account's own page."""
        return link(row.account)

    @admin.display(description=_("scopes"))
    def shown_scopes(self, row: ApiKey) -> str:
        """In words."""
        words = dict(Scope.choices)
        return _now(", ").join(str(words.get(scope, scope)) for scope in row.scopes)

    def panels(self, request: HttpRequest, row: ApiKey) -> Sequence[Panel | History]:  # noqa: ARG002
        """Made and revoked."""
        return [history(of_subject(row))]
