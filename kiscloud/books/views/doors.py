"""Who may come in, and what stands around every page of a set's books.

@in_books(Right.VIEW)
def listing(request: BooksRequest, place: Place) -> HttpResponse:
    return draw(request, place, "books/vouchers/list.html", {…}, part="_rows.html")
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.context import console
from accounts.http import ConsoleRequest
from config.nav import Console, NavItem, NavSection, Product
from config.web import page
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, place_of
from kiscloud.web_seats import seated, watch_address

P = ParamSpec("P")
View = Callable[Concatenate[ConsoleRequest, Place, P], HttpResponse]


def in_books(right: Right) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """The view gets the person's place in the books of the address, on a seat: 404 outside, 403 without the right."""
    return inside(right)


def inside(right: Right, *, inventory: bool = False) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """The same for apps above the books; the inventory has seats of its own (S12.1)."""

    def wrap(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: ConsoleRequest, number: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            place = place_of(actor=request.actor, number=number)
            place.require(right)
            outside = seated(request, place.account_set, inventory=inventory)
            return outside or view(request, place, *args, **kwargs)

        return guarded

    return wrap


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
    found = {**around(request, place, _here, _sections), **(context or {})}
    return page(request, template, found, part=part, status=status)


def around(
    request: HttpRequest,
    place: Place,
    here: Callable[[Place], Product],
    sections: Callable[[str, Place], list[NavSection]],
    *,
    inventory: bool = False,
) -> dict[str, Any]:
    """What stands around a page of an app of a set: which app it is, its links, and how the seat is watched."""
    frame = console(request)["nav"]

    def nav() -> Console:
        found = {field.name: getattr(frame, field.name) for field in fields(Console)}
        return Console(
            **{**found, "products": [*frame.products, here(place)], "sections": sections(request.path, place)}
        )

    account_set = place.account_set
    watch = watch_address(account_set, inventory=inventory)
    return {"place": place, "number": account_set.number, "nav": SimpleLazyObject(nav), "watch": watch}


def _here(place: Place) -> Product:
    account_set = place.account_set
    return Product(
        "books", account_set.name, address(place, "home"), "book-open", current=True, note=place.books.company
    )


def address(place: Place, name: str, **more: Any) -> str:
    """Where a page of these books is."""
    return reverse(f"books:{name}", kwargs={"number": place.account_set.number, **more})


def _sections(path: str, place: Place) -> list[NavSection]:
    """What the person may do, in the order of a month."""
    groups = (
        ("", (("home", _("Overview"), "gauge", Right.VIEW),)),
        (
            pgettext("books", "Vouchers"),
            (
                ("voucher-new", _("Enter a voucher"), "file-plus", Right.ENTER),
                ("voucher-list", _("All vouchers"), "files", Right.VIEW),
                ("template-list", _("Voucher templates"), "bookmark", Right.ENTER),
                ("voucher-import", _("Import vouchers"), "file-up", Right.EXCHANGE),
            ),
        ),
        (
            _("Ledgers"),
            (
                ("trial-balance", _("Trial balance"), "scale", Right.VIEW),
                ("ledger", _("Subject ledger"), "book-text", Right.VIEW),
                ("general-ledger", _("General ledger"), "library", Right.VIEW),
                ("item-balances", _("Balances of items"), "contact", Right.VIEW),
            ),
        ),
        (
            _("Statements"),
            (
                ("balance-sheet", _("Balance sheet"), "landmark", Right.VIEW),
                ("income-statement", _("Income statement"), "trending-up", Right.VIEW),
                ("cash-flow", _("Cash flow statement"), "banknote", Right.VIEW),
            ),
        ),
        (
            _("Period and set-up"),
            (
                ("closing", _("Closing a period"), "lock", Right.VIEW),
                ("subject-list", _("Subjects"), "list-tree", Right.VIEW),
                ("item-list", _("Items"), "tags", Right.VIEW),
                ("openings", _("Opening balances"), "book-open-check", Right.VIEW),
                ("parameters", _("Parameters"), "settings-2", Right.VIEW),
                ("user-list", _("Users and rights"), "users", Right.VIEW),
            ),
        ),
    )
    found = []
    addresses = {name: address(place, name) for _label, links in groups for name, _text, _icon, _right in links}
    current = max((name for name, url in addresses.items() if path.startswith(url)), key=lambda n: len(addresses[n]))
    for label, links in groups:
        items = [
            NavItem(text, addresses[name], icon, current=name == current)
            for name, text, icon, right in links
            if place.may(right)
        ]
        found.append(NavSection(label, items))
    return [section for section in found if section.items]
