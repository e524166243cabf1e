"""What the console frame needs to know, in one typed object.

`accounts.context.console` puts a `Console` into every template as `nav`; `templates/console.html` draws it and is
content with whatever is missing, so that a page for somebody without an account still has its frame. Everything is
ready to print: labels translated, addresses resolved. The frame asks the database nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the side navigation, or of the user menu."""

    label: str
    url: str
    icon: str = ""  # a lucide name
    current: bool = False
    count: int = 0  # what waits there; 0 shows nothing


@dataclass(frozen=True, slots=True)
class NavSection:
    """A group of links; an empty label draws no heading."""

    label: str
    items: Sequence[NavItem]


@dataclass(frozen=True, slots=True)
class Product:
    """A console of the product switcher: finance, resource directory, invoices …"""

    key: str
    label: str
    url: str
    icon: str
    current: bool = False
    note: str = ""  # one short sentence: what it is for


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that the person may switch to."""

    pk: int | str
    name: str
    number: str
    current: bool = False
    role: str = ""


@dataclass(frozen=True, slots=True)
class Acting:
    """The person works in a member's console: said in a banner on every page until they leave."""

    sentence: str
    leave_url: str = ""  # POST


@dataclass(frozen=True, slots=True)
class Console:
    """The whole frame. Each address may be empty; what has no address is not drawn."""

    products: Sequence[Product] = ()
    sections: Sequence[NavSection] = ()
    account_name: str = ""
    account_number: str = ""
    accounts: Sequence[AccountChoice] = ()
    switch_url: str = ""  # POST `account=<pk>&next=<path>`
    unread: int = 0
    messages_url: str = ""
    help_url: str = ""
    home_url: str = "/"
    user_name: str = ""
    user_note: str = ""  # under the name: masked mobile, role
    user_menu: Sequence[NavItem] = ()
    logout_url: str = ""  # POST
    acting: Acting | None = None

    @property
    def product(self) -> Product | None:
        """The console that the page belongs to."""
        return next((product for product in self.products if product.current), None)

    @property
    def unread_badge(self) -> str:
        """The red number: nothing for none, never wider than three signs."""
        return "" if self.unread <= 0 else "99+" if self.unread > 99 else str(self.unread)
