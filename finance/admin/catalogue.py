"""The catalogue: categories, products and their list prices."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import History, Panel, history, link, of_subject, pill, table, when
from config.errors import InputError
from finance.admin.grants import AddedAdmin
from finance.breakdown import plain, unit_price
from finance.models import Category, Price, Product
from finance.services.catalogue import (
    add_category,
    add_product,
    choose_on_sale,
    choose_own_discount,
    parse_tiers,
    set_price,
)

SOME = 51  # one more than a panel shows


def _keep(actor: Actor, row: Category, _typed: Mapping[str, str]) -> Text:
    choose_own_discount(actor=actor, category_id=row.pk, keeps=True)
    return _now("Managers' discounts do not apply to these products any more.")


def _share(actor: Actor, row: Category, _typed: Mapping[str, str]) -> Text:
    choose_own_discount(actor=actor, category_id=row.pk, keeps=False)
    return _now("Managers' discounts apply to these products.")


def _offer(actor: Actor, row: Product, _typed: Mapping[str, str]) -> Text:
    choose_on_sale(actor=actor, product_id=row.pk, active=True)
    return _now("On sale.")


def _withdraw(actor: Actor, row: Product, _typed: Mapping[str, str]) -> Text:
    choose_on_sale(actor=actor, product_id=row.pk, active=False)
    return _now("Not sold any more. What runs goes on and can be renewed.")


def _price(actor: Actor, row: Product, typed: Mapping[str, str]) -> Text:
    text = typed.get("valid_from", "").strip()
    try:
        begins = parse_datetime(text) if text else None
    except ValueError:
        begins = None
    if text and begins is None:
        raise InputError("valid_from", _("Write the time as 2026-01-31 00:00, or nothing for at once."))
    if begins is not None and begins.tzinfo is None:
        begins = make_aware(begins)
    set_price(actor=actor, product_id=row.pk, tiers=parse_tiers(text=typed.get("tiers", "")), valid_from=begins)
    return _now("The new price is set. Earlier ones stay as they were.")


@admin.register(Category)
class CategoryAdmin(AddedAdmin):
    """Families of products, and whose discount counts for them (A2.13)."""

    list_display = ["name", "code", "shown_keeps"]
    search_fields = ["name", "=code"]
    search_help_text = _("Name or code")
    asked: ClassVar[Sequence[str]] = ["name", "code", "keeps_own_discount"]
    shown: ClassVar[Sequence[str]] = ["name", "code", "shown_keeps"]
    readonly_fields = ["shown_keeps"]
    buttons = [
        Button(
            "keep",
            _("Keep the member's own discount"),
            _keep,
            "finance.change_category",
            icon="percent",
            warning=_("From now on no manager's discount applies to these products, not even under trusteeship."),
            offered=lambda row: not row.keeps_own_discount,
        ),
        Button(
            "share",
            _("Let managers' discounts apply"),
            _share,
            "finance.change_category",
            icon="percent",
            warning=_("From now on managers' discounts apply to these products as to others."),
            offered=lambda row: row.keeps_own_discount,
        ),
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return add_category(actor=actor, **typed)

    @admin.display(description=_("keeps the member's own discount"), boolean=True)
    def shown_keeps(self, row: Category) -> bool:
        """Yes or no."""
        return row.keeps_own_discount


@admin.register(Product)
class ProductAdmin(AddedAdmin):
    """What is sold; a new price follows the one before, which stays for what was used under it."""

    list_display = ["name", "code", "category", "shown_state", "pay_mode", "cycle", "unit"]
    list_filter = ["pay_mode", "active", "category"]
    list_select_related = ["category"]
    search_fields = ["name", "=code", "category__name"]
    search_help_text = _("Name, code or category")
    asked: ClassVar[Sequence[str]] = ["name", "code", "category", "pay_mode", "unit", "cycle", "grace_hours"]
    shown: ClassVar[Sequence[str]] = [
        "name",
        "code",
        "category_link",
        "pay_mode",
        "unit",
        "cycle",
        "grace_hours",
        "created_at",
    ]
    readonly_fields = ["category_link", "created_at"]
    buttons = [
        Button(
            "price",
            _("Set a new price"),
            _price,
            "finance.add_price",
            icon="tag",
            warning=_("Prices are never changed: this one follows from the moment you name."),
            ask=Ask(
                "tiers",
                _("Tiers, one a line: from which quantity on a unit costs so much"),
                1000,
                _("For example “0 0.35” and below it “1000 0.28”. The first begins at 0."),
            ),
            also=(Ask("valid_from", _("Valid from, such as 2026-01-31 00:00; nothing for at once"), 25, short=True),),
        ),
        Button(
            "withdraw",
            _("Take off sale"),
            _withdraw,
            "finance.change_product",
            icon="package-x",
            danger=True,
            warning=_("No new orders are taken. What runs goes on and can be renewed."),
            offered=lambda row: row.active,
        ),
        Button(
            "offer",
            _("Put on sale"),
            _offer,
            "finance.change_product",
            icon="package-check",
            offered=lambda row: not row.active,
        ),
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one, still without a price."""
        return add_product(actor=actor, **typed)

    def state(self, row: Product) -> Text:
        """Whether it is sold."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Product) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its prices, the newest first, and what happened."""
        prices = Price.objects.filter(product=row).prefetch_related("tiers")[:SOME]
        rows = [[when(price.valid_from), _tiers(price)] for price in prices]
        return [
            table(_("List prices"), [_("valid from"), _("price tiers")], rows, empty=_("No price yet")),
            history(of_subject(row)),
        ]

    @admin.display(description=_("state"), ordering="active")
    def shown_state(self, row: Product) -> SafeString:
        """As a pill."""
        return pill(_("On sale"), "ok") if row.active else pill(_("Not on sale"))

    @admin.display(description=_("category"))
    def category_link(self, row: Product) -> SafeString | str:
        """Its page."""
        return link(row.category)


def _tiers(price: Price) -> str:
    return " · ".join(f"> {plain(tier.above)}: {unit_price(tier.unit_price)}" for tier in price.tiers.all())
