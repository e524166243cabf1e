"""What KIS cloud puts onto the workbench: the set at hand with its apps, and the others to change to (S19)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from accounts.http import ConsoleRequest
from accounts.workbench import add_part
from kiscloud.editions import App
from kiscloud.models import AccountSet, CompanyMember
from kiscloud.services.demo_sets import BY_NUMBER, demo_sets
from kiscloud.services.workbench import Card, Group, apps_in, by_company, cards_of, current_of

TEMPLATE: Final = "kiscloud/workbench/_sets.html"
DEMO_TEMPLATE: Final = "kiscloud/demo_sets/_sets.html"  # of the trial environment (S3.2)
ICONS: Final = {
    App.LEDGER: "book-open",
    App.REPORTS: "chart-column",
    App.ASSETS: "building",
    App.PAYROLL: "wallet",
    App.CASHIER: "landmark",
    App.RECEIVABLE: "hand-coins",
    App.PAYABLE: "credit-card",
    App.PURCHASE: "shopping-cart",
    App.SALES: "store",
    App.STOCK: "warehouse",
    App.COSTING: "calculator",
    App.PRICE: "tags",
    App.REBATE: "percent",
    App.CASH: "banknote",
    App.ANALYSIS: "chart-line",
    App.PRODUCTION: "factory",
    App.BASE: "settings",
    App.INVENTORY: "package",
}
Address = Callable[[AccountSet], str]
_pages: dict[App, Address] = {}


@dataclass(frozen=True, slots=True)
class Tile:
    """An app of the set at hand; without an address it opens in the client."""

    label: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class DemoCard:
    """A demo set, and its books in the browser."""

    account_set: AccountSet
    company: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The piece as its template draws it."""

    cards: Sequence[Card]
    groups: Sequence[Group]  # empty where the list is by set (S19.2)
    current: Card | None
    tiles: Sequence[Tile]
    is_listed: bool  # the list of sets is open

    @property
    def view(self) -> str:
        """How the list is ordered."""
        return "company" if self.groups else "set"


def demo_cards() -> list[DemoCard]:
    """The demo sets of the trial environment, for everybody (S3.2, S3.4)."""
    found = [(row, BY_NUMBER[row.number]) for row in demo_sets()]
    return [DemoCard(row, demo.company, str(demo.note), in_browser(row)) for row, demo in found]


def in_browser(account_set: AccountSet) -> str:
    """Where the set opens in the browser; nothing where it opens in the client only."""
    page = _pages.get(App.LEDGER)
    return page(account_set) if page else ""


def add_page(app: App, address: Address) -> None:
    """From now on the app has pages of its own, that of a set at `address(account_set)`."""
    _pages[app] = address


def register() -> None:
    """Sets stand on the workbench from now on."""
    add_part(TEMPLATE, read)
    add_part(DEMO_TEMPLATE, lambda _request: demo_cards())


def read(request: ConsoleRequest) -> Shown | None:
    """The person's sets; the hint for a member of a company without any (S2.10); nothing for everybody else."""
    cards = cards_of(user=request.user)
    if not cards and not _belongs_somewhere(request):
        return None
    wanted = request.GET.get("sets", "")
    current = current_of(cards=cards)
    return Shown(
        cards=cards,
        groups=by_company(cards=cards) if wanted == "company" else (),
        current=current,
        tiles=[_tile(app, current.account_set) for app in apps_in(card=current)] if current and current.opens else [],
        is_listed=wanted in {"set", "company"},
    )


def _tile(app: App, account_set: AccountSet) -> Tile:
    address = _pages.get(app)
    return Tile(str(app.label), ICONS[app], address(account_set) if address else "")


def _belongs_somewhere(request: ConsoleRequest) -> bool:
    return CompanyMember.objects.filter(user=request.user, left_at=None, company__deleted_at=None).exists()
