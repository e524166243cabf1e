"""The frame of a set's pages: they have links of their own (`views.doors`), tiles on the workbench, no switcher."""

from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.navigation import Offer, add_product
from kiscloud.editions import App
from kiscloud.models import AccountSet
from kiscloud.workbench import add_page

TILES: Final = {App.LEDGER: "books:home", App.REPORTS: "books:balance-sheet", App.BASE: "books:user-list"}


def register() -> None:
    """They are there from now on."""
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
    for app, name in TILES.items():
        add_page(app, partial(_in_set, name))


def _in_set(name: str, account_set: AccountSet) -> str:
    return reverse(name, args=[account_set.number])
