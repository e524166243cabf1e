"""Tenants, their enterprises and their keys, as staff see them: everything but the secrets."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.actors import Actor
from accounts.admin.base import Button, StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Panel, at, history, link, of_subject, pill, table, when
from accounts.email_address import mask_email
from invoicing.entitlement_reports import rows_of
from invoicing.models import Credential, Taxpayer, Tenant
from invoicing.services.credentials import PERMISSION, block_credential, unblock_credential


@admin.register(Tenant)
class TenantAdmin(StaffAdmin):
    """Customers of the invoice cloud."""

    list_display = ["name", "number", "shown_state", "erp", "account", at("created_at", _("since"))]
    list_filter = ["erp", ("merged_into", admin.EmptyFieldListFilter)]
    list_select_related = ["account"]
    search_fields = ["name", "=number", "account__name", "=account__number", "=taxpayers__tax_number"]
    search_help_text = _("Name or number of the tenant or its account, a tax number")
    fields = ["name", "number", "erp", "account_link", "shown_email", "created_at", "merged_link", "merged_at"]
    readonly_fields = ["account_link", "shown_email", "merged_link"]

    def state(self, row: Tenant) -> Text:
        """Whether it is in use."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Tenant) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its enterprises, orders and keys."""
        taxpayers = [
            [link(one), one.tax_number, when(one.created_at), when(one.released_at)]
            for one in row.taxpayers.all()[: ROWS_MAX + 1]
        ]
        columns: list[Text] = [_("enterprise"), _("tax number"), _("added"), pgettext("a binding", "left")]
        orders = [
            [link(one, one.order_id), one.package.product, one.tax_numbers, one.get_state_display()]
            for one in row.orders.select_related("package__product")[: ROWS_MAX + 1]
        ]
        keys = [[link(one), when(one.shown_at), when(one.rotated_at)] for one in Credential.objects.filter(tenant=row)]
        return [
            table(_("Enterprises"), columns, taxpayers),
            table(_("Orders"), [_("order"), _("product"), _("tax numbers"), _("state")], orders),
            table(_("Keys"), [_("client id"), _("shown"), _("renewed")], keys, empty=_("None yet")),
            history(of_subject(row)),
        ]

    @admin.display(description=_("state"))
    def shown_state(self, row: Tenant) -> SafeString:
        """As a pill."""
        return pill(_now("Merged"), "neutral") if row.merged_into_id else pill(pgettext("a tenant", "In use"), "ok")

    @admin.display(description=_("account"))
    def account_link(self, row: Tenant) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("contact"))
    def shown_email(self, row: Tenant) -> str:
        """As staff may see it."""
        return mask_email(row.email) if row.email else "—"

    @admin.display(description=_("now"))
    def merged_link(self, row: Tenant) -> SafeString | str:
        """What it became a part of."""
        return link(row.merged_into)


@admin.register(Taxpayer)
class TaxpayerAdmin(StaffAdmin):
    """Enterprises by tax number, former bindings included."""

    list_display = ["name", "tax_number", "shown_state", "tenant", "from_registry", at("created_at", _("added"))]
    list_filter = ["from_registry", ("released_at", admin.EmptyFieldListFilter)]
    list_select_related = ["tenant"]
    search_fields = ["name", "=tax_number", "tenant__name"]
    search_help_text = _("Name, tax number, name of the tenant")
    fields = [
        "name",
        "tax_number",
        "tenant_link",
        "legal_representative",
        "address",
        "phone",
        "bank",
        "device",
        "from_registry",
        "created_at",
        "released_at",
    ]
    readonly_fields = ["tenant_link"]

    def state(self, row: Taxpayer) -> Text:
        """Whether it is bound."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Taxpayer) -> Sequence[Panel | History]:  # noqa: ARG002
        """What it may do, and what happened."""
        held = row.entitlements.select_related("order__package__product")[: ROWS_MAX + 1]
        rows = [
            [
                link(one.entitlement, one.entitlement.order.package.product),
                f"{one.entitlement.used} / {one.entitlement.granted}",
                when(one.entitlement.expires_at),
                pill(one.label, one.tone),
            ]
            for one in rows_of(held, timezone.now())
        ]
        columns = [_("product"), _("used"), _("until"), _("state")]
        return [table(_("Entitlements"), columns, rows), history(of_subject(row))]

    @admin.display(description=_("state"))
    def shown_state(self, row: Taxpayer) -> SafeString:
        """As a pill."""
        return pill(_now("Bound"), "ok") if row.released_at is None else pill(_now("Left"), "neutral")

    @admin.display(description=_("tenant"))
    def tenant_link(self, row: Taxpayer) -> SafeString | str:
        """Its page."""
        return link(row.tenant)


def _block(actor: Actor, row: Credential, _typed: Mapping[str, str]) -> Text:
    block_credential(actor=actor, credential_id=row.pk)
    return _now("Blocked: its business systems are refused from this moment on.")


def _unblock(actor: Actor, row: Credential, _typed: Mapping[str, str]) -> Text:
    unblock_credential(actor=actor, credential_id=row.pk)
    return _now("It opens again.")


@admin.register(Credential)
class CredentialAdmin(StaffAdmin):
    """Keys: blocked and let in again. The secrets are nobody's to see, and no page of staff has them."""

    list_display = ["client_id", "shown_state", "tenant", at("created_at", _("made")), at("rotated_at", _("renewed"))]
    list_filter = [("blocked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["tenant"]
    search_fields = ["=client_id", "tenant__name", "=tenant__number"]
    search_help_text = _("Client id, name or number of the tenant")
    fields = ["client_id", "tenant_link", "calls_a_minute", "created_at", "shown_at", "rotated_at", "shown_old"]
    readonly_fields = ["tenant_link", "shown_old"]
    buttons = [
        Button(
            "block",
            _("Block"),
            _block,
            PERMISSION,
            icon="lock-keyhole",
            danger=True,
            warning=_("The tenant's business systems can issue nothing until they are let in again."),
            offered=lambda row: row.blocked_at is None,
        ),
        Button(
            "unblock",
            _("Let in again"),
            _unblock,
            PERMISSION,
            icon="key-round",
            offered=lambda row: row.blocked_at is not None,
        ),
    ]

    def state(self, row: Credential) -> Text:
        """Whether it opens."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Credential) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened, who looked included."""
        return [history(of_subject(row))]

    @admin.display(description=_("state"), ordering="blocked_at")
    def shown_state(self, row: Credential) -> SafeString:
        """As a pill."""
        return pill(_now("Blocked"), "stop") if row.blocked_at else pill(_now("Works"), "ok")

    @admin.display(description=_("tenant"))
    def tenant_link(self, row: Credential) -> SafeString | str:
        """Its page."""
        return link(row.tenant)

    @admin.display(description=_("old keys until"))
    def shown_old(self, row: Credential) -> SafeString | str:
        """How long the keys before the latest renewal work."""
        return when(row.old_until)
