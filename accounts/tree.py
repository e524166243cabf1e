"""The resource directory as a picture: folders in folders, with the accounts in them, read by three queries whatever
its size. A page draws a bounded part of it; a folder opened by itself pages through all of its accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accounts.models import Account, Folder, Relationship
from accounts.permissions import ConsoleRole
from accounts.standing import Shown, with_standing
from config.paging import Page

DRAWN_PER_FOLDER = 20
DRAWN_MAX = 300
PAGE_SIZE = 50
OPEN_UNTIL = 60  # with more accounts than this, only the upper two levels are drawn open


@dataclass(slots=True)
class Branch:
    """A folder with what is in it; `accounts` are those to draw, `direct` and `total` count all."""

    folder: Folder
    depth: int = 0
    children: "list[Branch]" = field(default_factory=list)
    accounts: Sequence[Relationship] = ()
    total: int = 0
    more: int = 0
    is_open: bool = True
    pages: Page[Relationship] | None = None

    @property
    def is_root(self) -> bool:
        """Stands for the directory itself."""
        return self.folder.parent_id is None

    @property
    def is_empty(self) -> bool:
        """Holds neither folders nor accounts, so it may be deleted."""
        return not self.children and not self.total

    def walk(self) -> "Iterator[Branch]":
        """This folder and all below it, from the top."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """What the page draws: the branch that was asked for, what leads to it, accounts without a folder, and counts."""

    root: Branch
    trail: Sequence[Folder]
    unplaced: Branch | None
    folders: int
    accounts: int
    enterable: int
    found: int

    @property
    def shown(self) -> Iterator[Branch]:
        """Every folder that is drawn."""
        return self.root.walk()


def load_tree(account: Account, *, folder_id: int | None = None, query: str = "", page: int = 1) -> Tree | None:
    """The directory, or one folder of it, or what fits the words; None while it is not open or has no such folder."""
    folders = list(account.folders.order_by("name", "pk"))
    branches = _linked(folders)
    top = next((branch for branch in branches.values() if branch.is_root), None)
    root = branches.get(folder_id) if folder_id else top
    if top is None or root is None:
        return None
    members = _members(account)
    loose = Branch(folder=Folder(owner=account, name=""), depth=1)
    wanted = query.strip().casefold()
    within = _within(top, wanted) if wanted else set()
    chosen = [member for member in members if not wanted or member.folder_id in within or _fits(member, wanted)]
    by_folder: dict[int | None, list[Relationship]] = {}
    for member in chosen:
        by_folder.setdefault(member.folder_id, []).append(member)
    _count(top, by_folder)
    if wanted:
        _prune(root, within)
    loose.total = len(by_folder.get(None, ()))
    _draw(root, loose, by_folder, page=page if folder_id else 0, open_all=bool(wanted))
    return Tree(
        root=root,
        trail=_trail(branches, root),
        unplaced=loose if loose.total and root is top else None,
        folders=len(folders) - 1,
        accounts=len(members),
        enterable=sum(1 for member in members if can_enter(member)),
        found=len(chosen),
    )


def folder_choices(account: Account, *, but_below: int | None = None) -> list[tuple[int, str]]:
    """Every folder with its depth shown by indentation; without the one that is to be moved and all below it."""
    branches = _linked(list(account.folders.order_by("name", "pk")))
    top = next((branch for branch in branches.values() if branch.is_root), None)
    hidden = {branch.folder.pk for branch in branches[but_below].walk()} if but_below in branches else set()
    shown = [branch for branch in top.walk() if branch.folder.pk not in hidden] if top else []
    return [(branch.folder.pk, "\u3000" * branch.depth + branch.folder.name) for branch in shown]


def can_enter(relationship: Relationship) -> bool:
    """Whether the manager's administrators may enter this member's console now (K13.3)."""
    return relationship.is_in_force and relationship.console_role != ConsoleRole.NONE


def _linked(folders: list[Folder]) -> dict[int, Branch]:
    branches = {folder.pk: Branch(folder) for folder in folders}
    for folder in folders:
        if folder.parent_id in branches:
            branches[folder.parent_id].children.append(branches[folder.pk])
    for top in [branch for branch in branches.values() if branch.is_root]:
        _settle(top, 0)
    return branches


def _settle(branch: Branch, depth: int) -> None:
    branch.depth = depth
    for child in branch.children:
        _settle(child, depth + 1)


def _members(account: Account) -> list[Relationship]:
    """Group members, and invitations that still wait for an answer, by name."""
    live = Relationship.objects.live().filter(manager=account, kind=Relationship.Kind.GROUP)
    members = with_standing(list(live.select_related("member").order_by("member__name", "pk")))
    return [member for member in members if _shown(member) != Shown.NOT_ESTABLISHED]


def _shown(member: Relationship) -> str:
    return member.standing.shown  # type: ignore[attr-defined, no-any-return]  # set by with_standing


def _fits(member: Relationship, wanted: str) -> bool:
    """Who has not agreed is found by remark and whole user name only, or searching would reveal what is masked."""
    account = member.member
    if member.established_at is None:
        return wanted == account.username or wanted in member.remark.casefold()
    texts = (account.name, account.username, account.number, account.email or "", member.remark)
    return any(wanted in text.casefold() for text in texts)


def _count(branch: Branch, by_folder: dict[int | None, list[Relationship]]) -> int:
    below = sum(_count(child, by_folder) for child in branch.children)
    branch.total = below + len(by_folder.get(branch.folder.pk, ()))
    return branch.total


def _within(top: Branch, wanted: str) -> set[int | None]:
    """The folders that are found by name, with all folders in them: what they hold is shown whole."""
    named = [branch for branch in top.walk() if not branch.is_root and wanted in branch.folder.name.casefold()]
    return {inner.folder.pk for branch in named for inner in branch.walk()}


def _prune(branch: Branch, within: set[int | None]) -> None:
    """Leaves the folders that hold something found, or are found themselves."""
    for child in branch.children:
        _prune(child, within)
    branch.children = [child for child in branch.children if child.total or child.children or child.folder.pk in within]


def _draw(
    root: Branch, loose: Branch, by_folder: dict[int | None, list[Relationship]], *, page: int, open_all: bool
) -> None:
    """Gives each folder the accounts to draw, from the top, as long as the page has room."""
    room = DRAWN_MAX
    roomy = open_all or root.total + loose.total <= OPEN_UNTIL
    if page:
        root.pages = _page(by_folder.get(root.folder.pk, []), root.folder.pk, page)
    for branch in [loose, *root.walk()]:
        if branch.pages is not None:
            branch.accounts = branch.pages.items
            continue
        everyone = by_folder.get(branch.folder.pk, [])
        branch.accounts = everyone[: min(DRAWN_PER_FOLDER, room)]
        branch.more = len(everyone) - len(branch.accounts)
        branch.is_open = roomy or branch.depth <= root.depth + 1
        room -= len(branch.accounts)


def _page(everyone: list[Relationship], folder_id: int, number: int) -> Page[Relationship]:
    last = max(1, -(-len(everyone) // PAGE_SIZE))
    number = min(max(number, 1), last)
    link = f"?folder={folder_id}&page="
    return Page(
        items=everyone[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        next=f"{link}{number + 1}" if number < last else "",
        previous=f"{link}{number - 1}" if number > 1 else "",
    )


def _trail(branches: dict[int, Branch], root: Branch) -> list[Folder]:
    trail: list[Folder] = []
    above = root.folder.parent_id
    while above in branches:
        trail.insert(0, branches[above].folder)
        above = branches[above].folder.parent_id
    return trail
