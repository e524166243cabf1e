"""The resource directory as bills are narrowed and grouped by it: in which folder an account's members stand now."""

from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, FilteredRelation, Func, Q, QuerySet, Value, When

from accounts.models import Account, Folder, Relationship
from accounts.policy import FOLDER_DEPTH_MAX

Rows = QuerySet[Any]  # with an `owner`
NOWHERE = 0


def folders_below(account: Account, folder_id: int) -> set[int]:
    """The folder and everything in it; empty for a folder of somebody else. One query."""
    parents = _parents(account)
    return _below(parents, folder_id) if folder_id in parents else set()


def placed(account: Account, asked: Mapping[str, Any]) -> Q | None:
    """Which relationships fit: in the `folder` or below it; `directly` in it, or without one in none; None for all."""
    folder, directly = asked.get("folder"), asked.get("directly")
    if not folder:
        return Q(folder__isnull=True) if directly else None
    below = folders_below(account, int(folder))
    return Q(folder_id__in=below & {int(folder)} if directly else below)


def owned_in(account: Account, found: Rows, asked: Mapping[str, Any]) -> Rows:
    """Rows of members that fit the same; the account itself stands in no folder."""
    if (fits := placed(account, asked)) is None:
        return found
    links = Relationship.objects.in_force().filter(manager=account)
    if not asked.get("folder"):
        return found.exclude(owner__in=links.exclude(fits).values("member"))
    return found.filter(owner__in=links.filter(fits).values("member"))


def by_branch(account: Account, rows: Rows, asked: Mapping[str, Any]) -> Rows:
    """Each row with its `branch`, seen from the folder asked for, or from the root.

    It is the next folder on the way down to whoever used it; below zero, this folder itself, where that lies directly
    in it; zero, where it lies in none. One query.
    """
    parents = _parents(account)
    here = int(asked.get("folder") or next((pk for pk, parent in parents.items() if parent is None), NOWHERE))
    inner = [pk for pk, parent in parents.items() if parent == here]
    ways = [When(place__folder__in=_below(parents, pk), then=Value(pk)) for pk in inner]
    nowhere = When(place__folder__isnull=True, then=Value(NOWHERE))
    branch = Case(nowhere, *ways, default=Value(-here), output_field=BigIntegerField())
    found: Rows = rows.annotate(place=_place(account), branch=branch)
    return found


def with_path(account: Account, rows: Rows) -> Rows:
    """Each row with the `path` of the folder of whoever used it, from the root down; empty where it lies in none."""
    names = [f"place__folder{'__parent' * up}__name" for up in range(FOLDER_DEPTH_MAX, -1, -1)]
    path = Func(Value(" / "), *names, function="concat_ws", output_field=CharField())
    found: Rows = rows.annotate(place=_place(account), path=path)
    return found


def trail(account: Account, folder_id: int) -> list[Folder]:
    """From the root down to this folder; empty for one of somebody else. One query."""
    folders = {folder.pk: folder for folder in Folder.objects.filter(owner=account)}
    found: list[Folder] = []
    at = folders.get(folder_id)
    while at is not None:
        found.insert(0, at)
        at = folders.get(at.parent_id) if at.parent_id else None
    return found


def _place(account: Account) -> FilteredRelation:
    """The relationship by which the account manages whoever used it; there is one at most."""
    mine = Q(owner__managed_by__manager=account, owner__managed_by__state__in=Relationship.IN_FORCE)
    return FilteredRelation("owner__managed_by", condition=mine)


def _parents(account: Account) -> dict[int, int | None]:
    return dict(Folder.objects.filter(owner=account).values_list("pk", "parent_id"))


def _below(parents: Mapping[int, int | None], folder_id: int) -> set[int]:
    """The folder and everything in it."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in parents.items():
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    waiting = [folder_id]
    while waiting:
        found.add(inner := waiting.pop())
        waiting += children.get(inner, [])
    return found
