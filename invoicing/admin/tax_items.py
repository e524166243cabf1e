"""Tax items, and which products are invoiced as which."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Button, Text
from accounts.admin.panels import link, pill
from finance.admin.grants import AddedAdmin
from invoicing.models import ProductTax, TaxItem
from invoicing.services.tax_items import add_item, assign_item, make_default_item, withdraw_item


def _default(actor: Actor, row: TaxItem, _typed: Mapping[str, str]) -> Text:
    make_default_item(actor=actor, item_id=row.pk)
    return _now("Products without an item of their own are invoiced as this one from now on.")


def _withdraw(actor: Actor, row: ProductTax, _typed: Mapping[str, str]) -> Text:
    withdraw_item(actor=actor, assignment_id=row.pk)
    return _now("The product is invoiced as the default item from now on.")


@admin.register(TaxItem)
class TaxItemAdmin(AddedAdmin):
    """Never changed: another rate is another item, so that what was asked for can be understood later."""

    list_display = ["name", "class_name", "class_code", "shown_rate", "shown_default"]
    search_fields = ["name", "class_name", "=class_code"]
    search_help_text = _("Name or class")
    asked: ClassVar[Sequence[str]] = ["name", "class_code", "class_name", "rate", "zero_rate"]
    shown: ClassVar[Sequence[str]] = ["name", "class_code", "class_name", "shown_rate", "shown_default"]
    readonly_fields = ["shown_rate", "shown_default"]
    buttons = [
        Button(
            "default",
            _("Use by default"),
            _default,
            "invoicing.change_taxitem",
            icon="check",
            warning=_("All products without an item of their own are invoiced as this one. Sent requests stay."),
            offered=lambda row: not row.is_default,
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return add_item(actor=actor, **typed)

    @admin.display(description=_("rate"), ordering="rate")
    def shown_rate(self, row: TaxItem) -> str:
        """As printed, or why there is none."""
        return row.get_zero_rate_display() if row.zero_rate else f"{(row.rate * 100).normalize():f}%"

    @admin.display(description=_("for products without their own"))
    def shown_default(self, row: TaxItem) -> Text:
        """Whether it is."""
        return pill(_("Default"), "ok") if row.is_default else "—"


@admin.register(ProductTax)
class ProductTaxAdmin(AddedAdmin):
    """Products with an item of their own. Another one is given after the first was withdrawn."""

    list_display = ["shown_product", "shown_item"]
    list_select_related = ["product", "item"]
    search_fields = ["product__name", "=product__code"]
    search_help_text = _("Name or code of the product")
    autocomplete_fields = ("product", "item")
    asked: ClassVar[Sequence[str]] = ["product", "item"]
    shown: ClassVar[Sequence[str]] = ["product_link", "item_link"]
    readonly_fields = ["product_link", "item_link"]
    buttons = [
        Button(
            "withdraw",
            _("Invoice it as the default item"),
            _withdraw,
            "invoicing.delete_producttax",
            icon="undo-2",
        )
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """The product's item from now on."""
        return assign_item(actor=actor, **typed)

    def title(self, row: ProductTax) -> str:
        """Which product."""
        return str(row.product)

    @admin.display(description=_("product"), ordering="product__name")
    def shown_product(self, row: ProductTax) -> str:
        """Its name."""
        return str(row.product)

    @admin.display(description=_("tax item"), ordering="item__name")
    def shown_item(self, row: ProductTax) -> str:
        """Its name."""
        return str(row.item)

    @admin.display(description=_("product"))
    def product_link(self, row: ProductTax) -> SafeString | str:
        """Its page."""
        return link(row.product)

    @admin.display(description=_("tax item"))
    def item_link(self, row: ProductTax) -> SafeString | str:
        """Its page."""
        return link(row.item)
