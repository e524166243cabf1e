"""Products of companies, the keys that open them, and what the catalogue offers of them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, StaffAdmin, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table, when
from finance.admin.columns import BoundedPaginator
from finance.admin.grants import AddedAdmin
from kiscloud.models import ActivationKey, Offering, Subscription
from kiscloud.product_reports import TONES
from kiscloud.services.expiry import PERMISSION, hold_product, release_product
from kiscloud.services.key_care import PERMISSION as CARE
from kiscloud.services.key_care import resend_key, withdraw_key
from kiscloud.services.offerings import add_offering


def _hold(actor: Actor, row: Subscription, typed: Mapping[str, str]) -> Text:
    hold_product(actor=actor, subscription_id=row.pk, reason=typed.get("reason", ""))
    return _now("Its data is not deleted until you let go of it.")


def _release(actor: Actor, row: Subscription, typed: Mapping[str, str]) -> Text:
    release_product(actor=actor, subscription_id=row.pk, reason=typed.get("reason", ""))
    return _now("Its data goes on its day again.")


REASON = Ask("reason", _("Reason"), 200, _("It stays on record."))


@admin.register(Subscription)
class SubscriptionAdmin(StaffAdmin):
    """How each stands, until when, and what holds its data back."""

    paginator = BoundedPaginator
    list_display = [
        "edition",
        "company",
        "shown_state",
        at("expires_at", _("ends")),
        "users_total",
        "sets_total",
        "held",
    ]
    list_filter = ["edition", "state", "held"]
    list_select_related = ["company"]
    search_fields = ["company__name", "=key__serial"]
    search_help_text = _("Name of a company, or a serial number")
    fields = (
        "edition",
        "company",
        "mode",
        "users_total",
        "sets_total",
        "by_licence",
        "has_module",
        "key",
        "activated_at",
        "starts_at",
        "expires_at",
        "purged_at",
        "held",
    )
    buttons = [
        Button(
            "hold",
            _("Hold back the deletion"),
            _hold,
            PERMISSION,
            icon="shield",
            ask=REASON,
            offered=lambda row: not row.held and row.purged_at is None,
        ),
        Button(
            "release", _("Let go"), _release, PERMISSION, icon="shield-off", ask=REASON, offered=lambda row: row.held
        ),
    ]

    def state(self, row: Subscription) -> SafeString:
        """As it is read now."""
        state = row.state_at(at=timezone.now())
        return pill(state.label, TONES[state])

    def notices(self, request: HttpRequest, row: Subscription) -> Sequence[Notice]:  # noqa: ARG002
        """What is special about it."""
        return [Notice(_now("Its data is held back from being deleted."), tone="warn")] if row.held else []

    def panels(self, request: HttpRequest, row: Subscription) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its sets, and what happened."""
        sets = row.sets.order_by("-pk")[: ROWS_MAX + 1]
        rows = [[link(one), one.name, one.get_state_display(), when(one.created_at)] for one in sets]
        columns = [_("number"), _("name"), _("state"), _("created")]
        return [table(_now("Account sets"), columns, rows, empty=_("None yet")), history(of_subject(row))]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Subscription) -> SafeString:
        """As a pill."""
        return self.state(row)


def _resend(actor: Actor, row: ActivationKey, typed: Mapping[str, str]) -> Text:  # noqa: ARG001
    resend_key(actor=actor, key_id=row.pk)
    return _now("A new letter is on its way. The CD-Key of the one before opens nothing any more.")


def _withdraw(actor: Actor, row: ActivationKey, typed: Mapping[str, str]) -> Text:
    withdraw_key(actor=actor, key_id=row.pk, reason=typed.get("reason", ""))
    return _now("It opens nothing any more.")


def _is_open(row: ActivationKey) -> bool:
    return row.used_at is None and row.revoked_at is None


@admin.register(ActivationKey)
class ActivationKeyAdmin(StaffAdmin):
    """Serial numbers; the CD-Key is known to nobody but its letter."""

    paginator = BoundedPaginator
    list_display = ["serial", "edition", "kind", "account", "shown_state", at("created_at", _("made"))]
    list_filter = ["edition", "kind"]
    list_select_related = ["account"]
    search_fields = ["=serial", "=account__number", "account__name"]
    search_help_text = _("Serial number, or number or name of an account")
    fields = (
        "serial",
        "edition",
        "kind",
        "account",
        "order",
        "users",
        "sets",
        "months",
        "by_licence",
        "created_at",
        "sent_at",
        "used_at",
        "revoked_at",
    )
    buttons = [
        Button(
            "resend",
            _("Send the letter again"),
            _resend,
            CARE,
            icon="mail",
            warning=_("The new letter has a new CD-Key; that of the letter before opens nothing then."),
            offered=_is_open,
        ),
        Button(
            "withdraw",
            _("Revoke the key"),
            _withdraw,
            CARE,
            icon="key-round",
            danger=True,
            warning=_("It opens nothing any more. This cannot be undone; the order stays as it is."),
            ask=REASON,
            offered=_is_open,
        ),
    ]

    def panels(self, request: HttpRequest, row: ActivationKey) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened."""
        return [history(of_subject(row))]

    @admin.display(description=_("state"))
    def shown_state(self, row: ActivationKey) -> SafeString:
        """Whether it still opens something."""
        if row.revoked_at is not None:
            return pill(_now("Revoked"), "stop")
        return pill(_now("Used"), "neutral") if row.used_at is not None else pill(_now("Waits"), "ok")


@admin.register(Offering)
class OfferingAdmin(AddedAdmin):
    """What an order gives stays as it is: something else is another product."""

    list_display = ["shown_product", "kind", "edition", "users", "sets", "by_licence"]
    list_filter = ["kind", "edition"]
    list_select_related = ["product"]
    search_fields = ["product__name", "=product__code"]
    search_help_text = _("Name or code of the product")
    autocomplete_fields = ("product",)
    asked: ClassVar[Sequence[str]] = ["product", "kind", "edition", "users", "sets", "by_licence"]
    shown: ClassVar[Sequence[str]] = ["product_link", "kind", "edition", "users", "sets", "by_licence"]
    readonly_fields = ["product_link"]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return add_offering(actor=actor, **typed)

    @admin.display(description=_("product"), ordering="product__name")
    def shown_product(self, row: Offering) -> str:
        """Its name."""
        return row.product.name

    @admin.display(description=_("product"))
    def product_link(self, row: Offering) -> SafeString | str:
        """Its page."""
        return link(row.product)
