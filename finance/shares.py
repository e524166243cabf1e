"""Who or what a month's spending went to: products, members, folders; each against the month before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Folder, Relationship
from finance import policy
from finance.money import ZERO

Pair = tuple[Decimal, Decimal]  # in this month, and in the one before
NOTHING: Pair = (ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Share:
    """One bar. `asked` narrows bills to it; `depth` is how far below the directory a folder lies."""

    name: str | Promise
    amount: Decimal
    before: Decimal
    note: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    count: int = 1  # how many stand in this bar

    @property
    def change(self) -> Decimal:
        """Against the month before, in yuan."""
        return self.amount - self.before

    @property
    def query(self) -> str:
        """The same as a part of an address."""
        return urlencode(self.asked)


@dataclass(frozen=True, slots=True)
class Shares:
    """The largest, and the rest in one bar."""

    rows: Sequence[Share]

    @property
    def most(self) -> Decimal:
        """The longest bar."""
        return max((row.amount for row in self.rows), default=ZERO)


def shares_of(pairs: Mapping[int, Pair], names: Mapping[int, Any], ask: Callable[[Any], dict[str, str]]) -> Shares:
    """The largest first."""
    order = sorted(pairs, key=lambda pk: (-pairs[pk][0], -pairs[pk][1], pk))
    shown, more = order[: policy.SHARES_SHOWN_MAX], order[policy.SHARES_SHOWN_MAX :]
    rows = [Share(names[pk].name, *pairs[pk], asked=ask(names[pk])) for pk in shown]
    if more:
        rows.append(Share(_("All others"), *_added(pairs[pk] for pk in more), count=len(more)))
    return Shares(rows)


def folder_shares(account: Account, members: Mapping[int, Pair]) -> Shares:
    """Every folder with all that is below it, as the resource directory draws them; without one, nothing. Two queries.

    What belongs to no folder, the account itself among it, stands last, so that the upper rows add up to the whole.
    """
    folders = list(Folder.objects.filter(owner=account).order_by("name", "pk"))
    placed = Relationship.objects.in_force().filter(manager=account, folder__isnull=False)
    place = dict(placed.values_list("member_id", "folder_id"))
    if not folders:
        return Shares(())
    direct: dict[int | None, Pair] = {}
    for member, pair in members.items():
        at = place.get(member)
        direct[at] = _added([direct.get(at, NOTHING), pair])
    root = next(folder for folder in folders if folder.parent_id is None)
    rows = [row for row in _below(root, folders, direct, 0) if row.amount or row.before or row.depth]
    loose = direct.get(None, NOTHING)
    if any(loose):
        rows.append(Share(_("In no folder"), *loose, asked={"directly": "1"}, depth=1))
    return Shares(rows)


def _below(folder: Folder, folders: Sequence[Folder], direct: Mapping[int | None, Pair], depth: int) -> list[Share]:
    inner = [_below(one, folders, direct, depth + 1) for one in folders if one.parent_id == folder.pk]
    whole = _added([direct.get(folder.pk, NOTHING), *((rows[0].amount, rows[0].before) for rows in inner)])
    own = Share(folder.name, *whole, asked={"folder": str(folder.pk)}, depth=depth)
    return [own, *(row for rows in inner for row in rows)]


def _added(pairs: Any) -> Pair:
    now = before = ZERO
    for amount, earlier in pairs:
        now, before = now + amount, before + earlier
    return now, before
