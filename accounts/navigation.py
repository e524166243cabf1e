"""What the frame offers: the consoles of the switcher and the links beside each page.

Higher apps add theirs from `apps.py` (`add_product`, `add_section`, `add_personal`); the frame shows what the person's
rights in the current account allow and asks the database nothing for it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Invitation, User
from accounts.permissions import Right
from config.nav import NavItem, NavSection, Product

ACCOUNT = "account"
FINANCE = "finance"
DIRECTORY = "directory"
WORKBENCH = "workbench"
MANAGE = "manage"  # the management centre: what the workbench shows nothing of (S2.3)


@dataclass(frozen=True, slots=True)
class Link:
    """One page of a console; shown to whoever has the right, marked as current on everything beneath its address."""

    label: str | Promise
    url_name: str
    icon: str
    right: str = Right.VIEW
    waiting: "Counter | None" = None


@dataclass(frozen=True, slots=True)
class Section:
    """A few links under a heading; an empty heading draws none."""

    label: str | Promise
    links: Sequence[Link]


@dataclass(slots=True)
class Offer:
    """A console with its sections. One that is not `listed` has pages, but no place in the switcher.

    A `personal` one asks for no right: it is about what the person has, whichever account they stand in.
    """

    key: str
    label: str | Promise
    url_name: str
    icon: str
    prefix: str
    note: str | Promise = ""
    right: str = Right.VIEW
    listed: bool = True
    personal: bool = False
    sections: list[Section] = field(default_factory=list)


Finder = Callable[[str], str]  # from the name of a page to the address of what explains it
HomeFinder = Callable[[User, Account | None], str]  # the address behind the person's door, or nothing
Counter = Callable[[Account], int]  # how many things wait there for somebody of this account; one short query

_offers: dict[str, Offer] = {}
_personal: list[Link] = []
_finders: list[Finder] = []
_homes: list["HomeFinder"] = []


def add_product(offer: Offer) -> None:
    """From now on the switcher offers this console; adding it again changes nothing."""
    _offers.setdefault(offer.key, offer)


def add_section(key: str, section: Section, *, first: bool = False) -> None:
    """From now on this console's pages have these links beside them, below or above those that are there."""
    sections = _offers[key].sections
    if section not in sections:
        sections.insert(0 if first else len(sections), section)


def add_personal(link: Link) -> None:
    """From now on the menu of every person has this link; its `right` is not asked."""
    if link not in _personal:
        _personal.append(link)


def add_home(find: HomeFinder) -> None:
    """From now on a log-in may lead there; the first finder that answers an address is followed."""
    if find not in _homes:
        _homes.append(find)


def home_for(user: User, account: Account | None) -> str:
    """Where a higher app wants this person's door to lead; nothing where none does."""
    return next((found for find in _homes if (found := find(user, account))), "")


def offer_at(path: str) -> Offer:
    """The console that an address belongs to, by the longest prefix; the account's own pages take the rest."""
    fitting = [offer for offer in _offers.values() if path.startswith(offer.prefix)]
    return max(fitting, key=lambda offer: len(offer.prefix))


def products_for(path: str, rights: Collection[str]) -> list[Product]:
    """The consoles that these rights open."""
    here = offer_at(path)
    return [
        Product(
            key=offer.key,
            label=str(offer.label),
            url=reverse(offer.url_name),
            icon=offer.icon,
            current=offer is here,
            note=str(offer.note),
        )
        for offer in _offers.values()
        if offer.listed and (offer.personal or offer.right in rights)
    ]


def sections_for(path: str, rights: Collection[str], account: Account | None) -> list[NavSection]:
    """The links beside the page at this address, with what waits behind them in this account."""
    offer = offer_at(path)
    links = [(section, list(_open_links(section, None if offer.personal else rights))) for section in offer.sections]
    addresses = [url for _section, pairs in links for _link, url in pairs]
    current = max((url for url in addresses if path.startswith(url)), key=len, default="")

    def item(link: Link, url: str) -> NavItem:
        count = link.waiting(account) if link.waiting and account else 0
        return NavItem(label=str(link.label), url=url, icon=link.icon, current=url == current, count=count)

    found = [NavSection(label=str(section.label), items=[item(*pair) for pair in pairs]) for section, pairs in links]
    return [section for section in found if section.items]


def personal_for(path: str) -> list[NavItem]:
    """The person's own pages."""
    return [
        NavItem(label=str(link.label), url=(url := reverse(link.url_name)), icon=link.icon, current=path == url)
        for link in _personal
    ]


def _open_links(section: Section, rights: Collection[str] | None) -> Iterator[tuple[Link, str]]:
    for link in section.links:
        if rights is None or link.right in rights:
            yield link, reverse(link.url_name)


def explain_by(finder: Finder) -> None:
    """From now on the question mark in the bar leads where the finder says, given the name of the page."""
    _finders[:] = [finder]


def help_for(view_name: str) -> str:
    """Where the page of this name is explained; empty where no installed app has help."""
    return _finders[0](view_name) if _finders else ""


def address(url_name: str) -> str:
    """Where the name leads; empty where no installed app has such a page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _questions(account: Account) -> int:
    """Invitations and changes that still wait for this account's answer."""
    waiting = Invitation.objects.open().filter(relationship__member=account, expires_at__gt=timezone.now())
    return waiting.count()


add_product(
    Offer(
        key=FINANCE,
        label=_("Enterprise Finance"),
        url_name="accounts:finance-home",
        icon="wallet",
        prefix="/finance/",
        note=_("Link accounts and manage what they allow"),
        right=Right.SEE_FINANCE,
    )
)
add_product(
    Offer(
        key=DIRECTORY,
        label=_("Resource Directory"),
        url_name="accounts:directory",
        icon="folder-tree",
        prefix="/directory/",
        note=_("Keep accounts in folders and enter their consoles"),
        right=Right.MANAGE_DIRECTORY,
    )
)
add_product(
    Offer(
        key=ACCOUNT,
        label=_("Account"),
        url_name="accounts:certification",
        icon="building-2",
        prefix="/",
        note=_("Verification, operators, keys and what happened"),
    )
)
# What a person uses, without the pages that manage it (S2.3): nothing stands beside it.
add_product(
    Offer(
        key=WORKBENCH,
        label=_("Workbench"),
        url_name="accounts:workbench",
        icon="layout-grid",
        prefix="/workbench/",
        listed=False,
    )
)
add_section(
    ACCOUNT,
    Section(
        _("Account"),
        [
            Link(_("First steps"), "accounts:first-steps", "flag", Right.CERTIFY),
            Link(_("Verification"), "accounts:certification", "badge-check"),
            Link(_("Operators"), "accounts:operator-list", "users", Right.MANAGE_OPERATORS),
            Link(_("API keys"), "accounts:api-key-list", "key-round", Right.MANAGE_KEYS),
            Link(_("What happened"), "accounts:event-list", "scroll-text"),
        ],
    ),
)
add_section(
    FINANCE,
    Section(
        "",
        [
            Link(_("Linked accounts"), "accounts:member-list", "users", Right.SEE_FINANCE),
            Link(
                _("Requests to this account"),
                "accounts:invitation-received",
                "mail-question-mark",
                Right.SEE_FINANCE,
                waiting=_questions,
            ),
            Link(_("What others can see"), "accounts:manager-list", "eye", Right.SEE_FINANCE),
        ],
    ),
)
add_section(
    DIRECTORY,
    Section("", [Link(_("Folders and accounts"), "accounts:directory", "folder-tree", Right.MANAGE_DIRECTORY)]),
)
add_personal(Link(_("My login"), "accounts:profile", "circle-user-round"))
add_personal(Link(_("Where I am logged in"), "accounts:session-list", "monitor-smartphone"))
