"""Where books are found: on the workbench, as apps of a set with pages of their own; the frame of these pages."""

from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.navigation import Offer, add_product
from kiscloud.editions import App
from kiscloud.models import AccountSet
from kiscloud.workbench import add_page

PAGES: Final = {App.LEDGER: "home", App.REPORTS: "balance-sheet", App.BASE: "user-list"}


def register() -> None:
    """They are there from now on; pages of a set have links of their own (`views.doors`), no place in the switcher."""
    add_product(
        Offer(
            key="books",
            label=_("Books"),
            url_name="accounts:workbench",
            icon="book-open",
            prefix="/sets/",
            listed=False,
        )
    )
    for app, name in PAGES.items():
        add_page(app, partial(_address, name))


def _address(name: str, account_set: AccountSet) -> str:
    return reverse(f"books:{name}", kwargs={"number": account_set.number})
