"""How links are put into words on pages: what a permission means, what stays hidden, how long is left, what changes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account, Relationship
from accounts.permissions import P1, ConsoleRole, Inherit, Point, Preset, preset_of
from accounts.terms import Terms

Words = str | Promise

KIND_HINTS: dict[str, Words] = {
    Relationship.Kind.GROUP: gettext_lazy(
        "Both accounts belong to one company or group, as parent and subsidiary do. "
        "An account has only one place in a group."
    ),
    Relationship.Kind.PARTNER: gettext_lazy(
        "The accounts belong to different companies that work together. An account can have any number of partners."
    ),
}
PRESET_HINTS: dict[str, Words] = {
    Preset.VIEW: gettext_lazy("See balance, bills, orders, monthly statements and invoices."),
    Preset.OPERATE: gettext_lazy("See all of that, and confirm and repay statements and request invoices as well."),
}
POINT_HINTS: dict[str, Words] = {
    Point.VIEW_BALANCE: gettext_lazy("How much cash and credit the account has."),
    Point.VIEW_BILLS: gettext_lazy("What was used and what it cost, in every level of detail."),
    Point.VIEW_ORDERS: gettext_lazy("What was ordered, when and at which price."),
    Point.VIEW_STATEMENTS: gettext_lazy("What is owed for each month and what has been paid."),
    Point.VIEW_INVOICES: gettext_lazy("Issued invoices, invoice titles and the contract data of the company."),
    Point.CONFIRM_STATEMENT: gettext_lazy("Agree to a month's statement on the account's behalf."),
    Point.REPAY_STATEMENT: gettext_lazy("Pay the account's statements from the manager's own cash."),
    Point.REQUEST_INVOICE: gettext_lazy("Submit requests for invoices on the account's behalf."),
}
INHERIT_HINTS: dict[str, Words] = {
    Inherit.DISCOUNT: gettext_lazy("The member buys at the manager's discounts. They end with the relationship."),
    Inherit.CREDIT: gettext_lazy(
        "The member's services run on while bills are unpaid, as long as the manager's unused credit covers them. It "
        "ends with the relationship."
    ),
}


def mask_middle(text: str) -> str:
    """A name by its two ends: enough to recognise whom one knows, too little to look somebody up."""
    kept = len(text) // 3
    if not kept:
        return text[:1] + "*" if text else ""
    return f"{text[: min(kept, 3)]}****{text[-min(kept, 4) :]}"


def strangers(viewer: Account, accounts: Collection[int]) -> frozenset[int]:
    """Those of these accounts that the viewer asked and that never agreed: their names are not for it to read whole."""
    pairs = Relationship.objects.filter(Q(manager=viewer, member__in=accounts) | Q(member=viewer, manager__in=accounts))
    asked, known = set[int](), set[int]()
    for manager, member, since in pairs.values_list("manager_id", "member_id", "established_at"):
        if manager == viewer.pk and since is None:
            asked.add(member)
        else:
            known.add(member if manager == viewer.pk else manager)
    return frozenset(asked - known)


def mask_number(number: str) -> str:
    """The account number as it may stand in a list: `12****7890`."""
    return f"{number[:2]}****{number[-4:]}" if len(number) > 6 else "****"


def time_left(until: datetime, *, at: datetime | None = None) -> str:
    """“37 hours left”, rounded down; minutes in the last hour."""
    minutes = max(0, int((until - (at or timezone.now())).total_seconds() // 60))
    if minutes >= 60:
        return ngettext("%(count)s hour left", "%(count)s hours left", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}


def preset_name(points: Iterable[str]) -> str:
    """The preset that the points make up, or how many single ones there are."""
    held = list(points)
    if not held:
        return _("None")
    if (preset := preset_of(held)) is not None:
        return str(preset.label)
    return ngettext("%(count)s single permission", "%(count)s single permissions", len(held)) % {"count": len(held)}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that may be seen or done."""

    label: Words
    hint: Words = ""


def seeing(points: Iterable[str]) -> list[Item]:
    """What may be seen."""
    return [Item(point.label, POINT_HINTS[point]) for point in map(Point, points) if point in P1]


def doing(points: Iterable[str]) -> list[Item]:
    """What may be done."""
    return [Item(point.label, POINT_HINTS[point]) for point in map(Point, points) if point not in P1]


def inheriting(inherits: Iterable[str]) -> list[Item]:
    """What is taken over from the manager."""
    return [Item(item.label, INHERIT_HINTS[item]) for item in map(Inherit, inherits)]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes different between two terms, item by item."""

    added: list[Words]
    removed: list[Words]
    kept: list[Words]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def change(old: Terms, new: Terms) -> Change:
    """Old terms against new ones."""
    before, after = _items(old), _items(new)
    return Change(
        added=[label for key, label in after.items() if key not in before],
        removed=[label for key, label in before.items() if key not in after],
        kept=[label for key, label in after.items() if key in before],
    )


def _items(terms: Terms) -> dict[str, Words]:
    items: dict[str, Words] = {point: Point(point).label for point in terms.points}
    for item in terms.inherits:
        items[item] = _("Inherits: %(what)s") % {"what": Inherit(item).label}
    if terms.console_role != ConsoleRole.NONE:
        items[terms.console_role] = _("Console: %(role)s") % {"role": ConsoleRole(terms.console_role).label}
    return items
