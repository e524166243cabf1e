"""What is done when something happens to a set or to one of its users.

Whatever lives in sets adds itself here, in `ready()` of its app; nothing else of KIS cloud knows of it. Each act gets
the row as it was just written, locked, in the transaction of the service that wrote it. Deleting a set needs no act of
its own: `set_contents` names every table that goes.

    during(Moment.MADE, make_books)         # def make_books(account_set: AccountSet) -> None
    during(Moment.USER_RENAMED, rename)     # def rename(set_user: SetUser) -> None
    add_grants(apps_granted)                # def apps_granted(set_user: SetUser) -> Collection[App]
"""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any

from kiscloud.editions import EDITIONS, App
from kiscloud.models import AccountSet, SetUser

Act = Callable[[Any], None]
Grants = Callable[[SetUser], Collection[App]]


class Moment(StrEnum):
    """When. Some give the set, the others a set user."""

    MADE = "made"  # the set is being created: fill it as its `parameters` say (S13)
    DEMO = "demo"  # a demo set was made, or is empty again as each night: fill it with what it shows (S3.5)
    USER_ADDED = "user_added"  # also to a restored set, whose people may be matched (S17.11)
    USER_RENAMED = "user_renamed"  # S14.7, S14.8
    ADMIN_CHANGED = "admin_changed"  # into the administrators' group, or out of it (S14.11)
    RESTORED = "restored"  # out of a backup, which may be older than what lives in sets now
    USER_REMOVED = "user_removed"  # told before the row goes; the user inside stays (S14.14)


_acts: dict[Moment, list[Act]] = {moment: [] for moment in Moment}
_grants: list[Grants] = []


def during(moment: Moment, act: Act) -> None:
    """From now on this is done then, after what was added before it."""
    if act not in _acts[moment]:
        _acts[moment].append(act)


def tell(moment: Moment, row: AccountSet | SetUser) -> None:
    """Everything that belongs to the moment is done, in the caller's transaction."""
    for act in _acts[moment]:
        act(row)


def add_grants(grants: Grants) -> None:
    """From now on these apps, too, are open to users who are no administrators (S14.12)."""
    if grants not in _grants:
        _grants.append(grants)


def apps_of(set_user: SetUser) -> list[App]:
    """The apps that this user finds in the set: administrators all of the edition, others what they were granted.

    While nothing grants anything, everybody finds all but the basic settings, where rights are given (S19.6).
    """
    every = EDITIONS[set_user.account_set.subscription.edition].apps
    if set_user.is_admin:
        return list(every)
    open_to = {app for grants in _grants for app in grants(set_user)} if _grants else set(every) - {App.BASE}
    return [app for app in every if app in open_to]
