"""The frame of a set's pages: they have links of their own (`views.doors`), and no place in the switcher."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Offer, add_product


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
