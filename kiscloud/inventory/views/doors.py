"""Who may come in, and what stands around every page of a set's inventory.

@in_stock(Right.STOCK_VIEW)
def listing(request: ConsoleRequest, place: Place) -> HttpResponse:
    return draw(request, place, "inventory/documents/list.html", {…}, part="_rows.html")
"""

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.nav import NavItem, NavSection, Product
from config.web import page
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.views.doors import View, around, inside
from kiscloud.inventory.models import Kind

P = ParamSpec("P")


def in_stock(right: Right) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """The view gets the person's place in the set of the address: 404 outside, 403 without the right.

    The person takes a seat of the product without a set, as the inventory app is (S12.1).
    """
    return inside(right, inventory=True)


def draw(
    request: HttpRequest,
    place: Place,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page in the frame of its set, with the links that the person's groups open."""
    found = {**around(request, place, _here, _sections, inventory=True), **(context or {})}
    return page(request, template, found, part=part, status=status)


def _here(place: Place) -> Product:
    name = f"{place.account_set.name} · {_('Inventory')}"
    return Product("inventory", name, address(place, "home"), "package", current=True, note=place.books.company)


def address(place: Place, name: str, **more: Any) -> str:
    """Where a page of this inventory is."""
    return reverse(f"inventory:{name}", kwargs={"number": place.account_set.number, **more})


def _sections(path: str, place: Place) -> list[NavSection]:
    """What the person may do, in the order of a day."""
    new = {kind: address(place, "document-new", kind=kind) for kind in (Kind.PURCHASE, Kind.SALE, Kind.COUNT)}
    groups = (
        ("", ((address(place, "home"), _("Overview"), "gauge", Right.STOCK_VIEW),)),
        (
            _("Documents"),
            (
                (new[Kind.PURCHASE], _("Enter a purchase"), "shopping-cart", Right.STOCK_ENTER),
                (new[Kind.SALE], _("Enter a sale"), "store", Right.STOCK_ENTER),
                (new[Kind.COUNT], _("Count the stock"), "clipboard-check", Right.STOCK_ENTER),
                (address(place, "document-list"), _("All documents"), "files", Right.STOCK_VIEW),
            ),
        ),
        (
            pgettext("stock", "Stock"),
            (
                (address(place, "good-list"), _("Goods and stock on hand"), "package", Right.STOCK_VIEW),
                (address(place, "stock-report"), _("Stock movements by month"), "warehouse", Right.STOCK_VIEW),
            ),
        ),
        (
            _("Further"),
            (
                (address(place, "partner-list"), _("Business partners"), "contact", Right.STOCK_VIEW),
                (
                    reverse("books:home", kwargs={"number": place.account_set.number}),
                    _("Books"),
                    "book-open",
                    Right.VIEW,
                ),
            ),
        ),
    )
    links = [link for _label, group in groups for link in group]
    current = max((url for url, *_more in links if path.startswith(url)), key=len, default="")
    found = [
        NavSection(
            label,
            [NavItem(text, url, icon, current=url == current) for url, text, icon, right in group if place.may(right)],
        )
        for label, group in groups
    ]
    return [section for section in found if section.items]
