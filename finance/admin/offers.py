"""What makes things cheaper or pays for them: granted here, ended here, never changed."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, Text
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill, table, when
from config.templatetags.ui import money
from finance.admin.columns import yuan
from finance.admin.grants import AddedAdmin, GrantForm, account_asked, dated, runs_on
from finance.breakdown import coupon_words, per_cent, scope_of
from finance.models import Coupon, Discount, Promotion, Voucher, VoucherUse
from finance.services.discounts import add_promotion, end_discount, end_promotion, grant_discount
from finance.services.vouchers import grant_coupon, grant_voucher, revoke_coupon, revoke_voucher

SOME = 51  # one more than a panel shows
TIMES = ["valid_from", "valid_until"]
SCOPE = ["product", "category"]
SELECTED = ["account", "product", "category"]
BY_ACCOUNT = ["account__name", "=account__number"]


def ending(service: Any, name: str, said: Any) -> Any:
    """What a button does that ends a row by its service."""

    def act(actor: Actor, row: Any, _typed: Mapping[str, str]) -> Text:
        service(actor=actor, **{name: row.pk})
        return str(said)

    return act


class OfferAdmin(AddedAdmin):
    """What several of them show."""

    list_select_related = SELECTED
    search_fields = BY_ACCOUNT
    search_help_text = _("Name or number of the account")
    ordering = ["-id"]

    def state(self, row: Any) -> Text:
        """Whether it holds."""
        return self.shown_state(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Any) -> Text:
        """As a pill."""
        return dated(row)

    @admin.display(description=_("account"))
    def account_link(self, row: Any) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("for"))
    def shown_scope(self, row: Any) -> str:
        """What it is for."""
        return scope_of(row)

    @admin.display(description=_("share that is paid"), ordering="rate")
    def shown_rate(self, row: Any) -> str:
        """In per cent."""
        return per_cent(row.rate) if row.rate is not None else "—"


@admin.register(Discount)
class DiscountAdmin(OfferAdmin):
    """Contract discounts of accounts."""

    form = GrantForm
    list_display = [
        "shown_rate",
        "shown_state",
        "account",
        "shown_scope",
        at("valid_from", _("from")),
        at("valid_until", _("until")),
    ]
    asked: ClassVar[Sequence[str]] = ["number", "rate", *SCOPE, "inheritable", *TIMES, "note"]
    shown: ClassVar[Sequence[str]] = [
        "account_link",
        "shown_rate",
        "shown_scope",
        "inheritable",
        *TIMES,
        "granted_by",
        "note",
    ]
    readonly_fields = ["account_link", "shown_rate", "shown_scope", "granted_by"]
    buttons = [
        Button(
            "end",
            _("End it now"),
            ending(end_discount, "discount_id", _("Ended: what is ordered or used from now on costs more.")),
            "finance.change_discount",
            icon="percent",
            danger=True,
            warning=_("It counts no more for what is ordered, and for cycles that begin, from now on."),
            offered=runs_on,
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return grant_discount(actor=actor, **account_asked(typed))


@admin.register(Promotion)
class PromotionAdmin(OfferAdmin):
    """Promotions for everybody."""

    list_display = [
        "name",
        "shown_state",
        "shown_rate",
        "shown_scope",
        at("valid_from", _("from")),
        at("valid_until", _("until")),
    ]
    list_select_related = SCOPE
    search_fields = ["name"]
    search_help_text = _("Name")
    asked: ClassVar[Sequence[str]] = ["name", "rate", *SCOPE, "pay_mode", "with_contract", *TIMES]
    shown: ClassVar[Sequence[str]] = ["name", "shown_rate", "shown_scope", "pay_mode", "with_contract", *TIMES]
    readonly_fields = ["shown_rate", "shown_scope"]
    buttons = [
        Button(
            "end",
            _("End it now"),
            ending(end_promotion, "promotion_id", _("Ended: what is ordered or used from now on costs more.")),
            "finance.change_promotion",
            icon="megaphone-off",
            danger=True,
            warning=_("It counts no more for what is ordered, and for cycles that begin, from now on."),
            offered=runs_on,
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return add_promotion(actor=actor, **typed)


@admin.register(Voucher)
class VoucherAdmin(OfferAdmin):
    """Vouchers, and what they paid."""

    form = GrantForm
    list_display = [
        "shown_name",
        yuan("balance", _("left")),
        "shown_state",
        "account",
        "shown_scope",
        at("valid_until", _("until")),
    ]
    asked: ClassVar[Sequence[str]] = ["number", "face", *SCOPE, "pay_mode", "least", *TIMES, "note"]
    shown: ClassVar[Sequence[str]] = [
        "account_link",
        "shown_name",
        "shown_left",
        "shown_scope",
        "pay_mode",
        "least",
        *TIMES,
        "granted_by",
        "note",
    ]
    readonly_fields = ["account_link", "shown_name", "shown_left", "shown_scope", "granted_by"]
    buttons = [
        Button(
            "revoke",
            _("Revoke"),
            ending(revoke_voucher, "voucher_id", _("Revoked: nothing more is paid with it.")),
            "finance.change_voucher",
            icon="ticket-x",
            danger=True,
            warning=_("What is left of it is lost. What it paid stays paid."),
            offered=runs_on,
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return grant_voucher(actor=actor, **account_asked(typed))

    def panels(self, request: HttpRequest, row: Voucher) -> Sequence[Panel | History]:  # noqa: ARG002
        """What it paid."""
        uses = VoucherUse.objects.filter(voucher=row).select_related("line__owner", "line__product")[:SOME]
        rows = [[str(one.line.product), link(one.line.owner), money(one.amount), when(one.at)] for one in uses]
        columns = [_("product"), _("used by"), _("amount"), _("time")]
        return [table(_("Where it was used"), columns, rows), history(of_subject(row))]

    @admin.display(description=_("face value"), ordering="face")
    def shown_name(self, row: Voucher) -> SafeString | str:
        """In yuan."""
        return money(row.face)

    @admin.display(description=_("left"))
    def shown_left(self, row: Voucher) -> SafeString | str:
        """In yuan."""
        return money(row.balance)


@admin.register(Coupon)
class CouponAdmin(OfferAdmin):
    """Coupons, each for one order or one bill line of usage."""

    form = GrantForm
    list_display = ["shown_name", "shown_state", "account", "shown_scope", "pay_mode", at("valid_until", _("until"))]
    asked: ClassVar[Sequence[str]] = ["number", "off", "rate", "least", *SCOPE, "pay_mode", "with_discount", *TIMES]
    shown: ClassVar[Sequence[str]] = [
        "account_link",
        "shown_name",
        "shown_scope",
        "pay_mode",
        "with_discount",
        *TIMES,
        "used_at",
        "granted_by",
    ]
    readonly_fields = ["account_link", "shown_name", "shown_scope", "used_at", "granted_by"]
    buttons = [
        Button(
            "revoke",
            _("Revoke"),
            ending(revoke_coupon, "coupon_id", _("Revoked: it makes nothing cheaper any more.")),
            "finance.change_coupon",
            icon="ticket-x",
            danger=True,
            warning=_("The account cannot use it any more."),
            offered=lambda row: row.used_at is None and runs_on(row),
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return grant_coupon(actor=actor, **account_asked(typed))

    @admin.display(description=_("coupon"), ordering="id")
    def shown_name(self, row: Coupon) -> str:
        """What it takes off."""
        return coupon_words(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Coupon) -> Text:
        """As a pill."""
        return pill(_("Used")) if row.used_at else dated(row)
