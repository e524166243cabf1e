"""Packages: which products the invoice cloud delivers, and what each gives to a tax number."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import ROWS_MAX, History, Panel, history, link, of_subject, pill, table, when
from config.errors import InputError
from finance.admin.grants import AddedAdmin
from invoicing.models import Package
from invoicing.services.packages import add_package, choose_delivery, choose_priority

CHANGE = "invoicing.change_package"


def _itself(actor: Actor, row: Package, _typed: Mapping[str, str]) -> Text:
    choose_delivery(actor=actor, package_id=row.pk, itself=True)
    return _now("Orders paid from now on are delivered at once.")


def _by_staff(actor: Actor, row: Package, _typed: Mapping[str, str]) -> Text:
    choose_delivery(actor=actor, package_id=row.pk, itself=False)
    return _now("Orders paid from now on wait until staff deliver them.")


def _priority(actor: Actor, row: Package, typed: Mapping[str, str]) -> Text:
    number = typed.get("priority", "").strip()
    if not (number.isascii() and number.isdecimal()):
        raise InputError("priority", _("Enter a whole number."))
    choose_priority(actor=actor, package_id=row.pk, priority=int(number[:6]))
    return _now("What is assigned from now on has this priority.")


@admin.register(Package)
class PackageAdmin(AddedAdmin):
    """What an order gives stays as it is: another quantity is another package."""

    list_display = ["shown_product", "service", "quantity", "priority", "shown_delivery"]
    list_filter = ["service", "delivers_itself", "pays_change"]
    list_select_related = ["product"]
    search_fields = ["product__name", "=product__code"]
    search_help_text = _("Name or code of the product")
    autocomplete_fields = ("product",)
    asked: ClassVar[Sequence[str]] = ["product", "service", "quantity", "priority", "delivers_itself", "pays_change"]
    shown: ClassVar[Sequence[str]] = ["product_link", "service", "quantity", "priority", "shown_delivery"]
    readonly_fields = ["product_link", "shown_delivery"]
    buttons = [
        Button(
            "itself", _("Deliver at once"), _itself, CHANGE, icon="zap", offered=lambda row: not row.delivers_itself
        ),
        Button(
            "staff", _("Let staff deliver"), _by_staff, CHANGE, icon="user", offered=lambda row: row.delivers_itself
        ),
        Button(
            "priority",
            _("Change the priority"),
            _priority,
            CHANGE,
            icon="arrow-down-up",
            ask=Ask("priority", _("Priority"), 4, _("Smaller is used first; then whatever ends first."), short=True),
        ),
    ]

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """A new one."""
        return add_package(actor=actor, **typed)

    def panels(self, request: HttpRequest, row: Package) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its latest orders, and what happened."""
        orders = row.orders.select_related("account")[: ROWS_MAX + 1]
        rows = [[link(one), link(one.account), one.tax_numbers, when(one.created_at)] for one in orders]
        columns = [_("order"), _("account"), _("tax numbers"), _("paid")]
        return [table(_("Orders"), columns, rows, empty=_("None yet")), history(of_subject(row))]

    @admin.display(description=_("product"), ordering="product__name")
    def shown_product(self, row: Package) -> str:
        """Its name."""
        return row.product.name

    @admin.display(description=_("product"))
    def product_link(self, row: Package) -> SafeString | str:
        """Its page."""
        return link(row.product)

    @admin.display(description=pgettext_lazy("an order", "delivery"), ordering="delivers_itself")
    def shown_delivery(self, row: Package) -> SafeString:
        """How its orders are delivered; a fee is delivered by nobody."""
        if row.pays_change:
            return pill(_now("Fee of a change"), "info")
        return pill(_now("At once"), "ok") if row.delivers_itself else pill(_now("By staff"), "wait")
