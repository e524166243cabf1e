"""Where the inventory is found: on the workbench, as apps of a set; the frame of its pages."""

from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.navigation import Offer, add_product
from kiscloud.editions import App
from kiscloud.inventory.models import Kind
from kiscloud.models import AccountSet
from kiscloud.workbench import add_page

PAGES: Final = {
    App.INVENTORY: ("home", ""),
    App.PURCHASE: ("document-list", f"?kind={Kind.PURCHASE}"),
    App.SALES: ("document-list", f"?kind={Kind.SALE}"),
    App.STOCK: ("stock-report", ""),
}


def register() -> None:
    """They are there from now on; pages of a set have links of their own (`views.doors`), no place in the switcher."""
    add_product(
        Offer(
            key="inventory",
            label=_("Inventory"),
            url_name="accounts:workbench",
            icon="package",
            prefix="/stock/",
            listed=False,
        )
    )
    for app, (name, query) in PAGES.items():
        add_page(app, partial(_address, name, query))


def _address(name: str, query: str, account_set: AccountSet) -> str:
    return reverse(f"inventory:{name}", kwargs={"number": account_set.number}) + query
