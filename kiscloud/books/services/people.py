"""Who works in books, and what they may do there (S14.4–S14.15, S19.5, S19.6)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.actors import Actor
from accounts.events import record
from config.errors import InputError, NotAllowed, NotFound
from config.transactions import atomic
from kiscloud.books.inside import inside
from kiscloud.books.models import Books, BookUser, Employee, Membership, UserGroup
from kiscloud.books.rights import ADMINISTRATORS, GROUPS, STOCK, Right
from kiscloud.editions import App
from kiscloud.models import AccountSet, SetUser
from kiscloud.services.demo_sets import standing_for
from kiscloud.services.subscriptions import require_open

DEFAULT = "default"


class NotGranted(NotAllowed):
    """Inside the set, without the right."""

    code = "right_not_granted"
    rule = "S19.6"
    sentence = _("Your user groups do not allow this here: “%(right)s”.")
    hint = _("Ask an administrator of the account set for the right.")


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody in the books, with what may be done there."""

    account_set: AccountSet
    books: Books
    user: BookUser
    rights: frozenset[str]
    is_admin: bool

    def may(self, right: Right) -> bool:
        """Whether a group grants it."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raises NotGranted."""
        if right not in self.rights:
            raise NotGranted(right=str(right.label))


def place_of(*, actor: Actor, number: str, now: datetime | None = None) -> Place:
    """The person's place in the books of the set with this number (S19.5).

    Raises NotFound where there is no such set, it is not ready, or no administrator has added the person, or has
    disabled it since: whoever is outside learns nothing. Who belongs there learns why a product no longer opens
    (`require_open`). In a demo set everybody stands as the common user (S3.5).
    """
    if actor.user is None:
        raise NotFound()
    found = inside(person=standing_for(user=actor.user, number=number), number=number)
    if found is None:
        raise NotFound()
    account_set = found.user.account_set
    require_open(product=account_set.subscription, at=now or timezone.now())
    rights = Right.values if found.is_admin else found.rights
    return Place(account_set, account_set.books, found.user, frozenset(rights), found.is_admin)


def locked_place(*, actor: Actor, account_set: AccountSet, right: Right) -> Place:
    """The same, with the books locked until the end of the transaction. Raises NotFound, NotGranted."""
    books = Books.objects.select_for_update(no_key=True).filter(account_set=account_set).first()
    if books is None:
        raise NotFound()
    place = replace(place_of(actor=actor, number=account_set.number), books=books)
    place.require(right)
    return place


def apps_granted(*, set_user: SetUser) -> list[App]:
    """The apps that the user's groups open: whoever may see the books finds the ledger and its reports (S14.12)."""
    groups = UserGroup.objects.filter(memberships__user__set_user=set_user, rights__contains=[Right.VIEW])
    return [App.LEDGER, App.REPORTS] if groups.exists() else []


def make_groups(*, account_set: AccountSet) -> None:
    """The groups that every set has from the beginning."""
    with override("zh-hans"):
        UserGroup.objects.bulk_create(
            UserGroup(account_set=account_set, key=key, name=str(name), rights=list(rights))
            for key, (name, rights) in GROUPS.items()
        )


def complete_groups(*, account_set: AccountSet) -> None:
    """Groups of a set that was backed up before there were rights of stock have them as groups of a new set do."""
    groups = list(UserGroup.objects.filter(account_set=account_set))
    if any(set(STOCK) & set(group.rights) for group in groups):
        return
    for group in groups:
        group.rights += [right for right in GROUPS.get(group.key, ("", ()))[1] if right in STOCK]
        group.save(update_fields=["rights"])
    with override("zh-hans"):
        UserGroup.objects.bulk_create(
            UserGroup(account_set=account_set, key=key, name=str(name), rights=list(rights))
            for key, (name, rights) in GROUPS.items()
            if key not in {group.key for group in groups}
        )


def add_person(*, set_user: SetUser) -> BookUser:
    """The set user works in the books, in the administrators' group or the default one (S13.4, S14.11).

    One of the same name whom nobody outside is any more becomes this person again, with their groups (S17.11).
    """
    lost = BookUser.objects.filter(account_set=set_user.account_set, name=set_user.name, set_user=None)
    user = lost.order_by("pk").first()
    if user is None:
        employee = Employee.objects.create(
            account_set=set_user.account_set, number=_next_number(set_user.account_set), name=set_user.name
        )
        user = BookUser(account_set=set_user.account_set, name=set_user.name, employee=employee)
        user.save(force_insert=True)
        _join(user, DEFAULT)
    user.set_user = set_user
    user.save(update_fields=["set_user"])
    if set_user.is_admin:
        _join(user, ADMINISTRATORS)
    return user


def _next_number(account_set: AccountSet) -> str:
    return f"{Employee.objects.filter(account_set=account_set).count() + 1:03d}"


def _join(user: BookUser, key: str) -> None:
    group = UserGroup.objects.get(account_set=user.account_set_id, key=key)
    Membership.objects.get_or_create(account_set_id=user.account_set_id, user=user, group=group)


def rename_person(*, set_user: SetUser) -> None:
    """User, employee and with them every voucher bear the set user's present name (S14.7, S14.8)."""
    user = BookUser.objects.filter(set_user=set_user).select_related("employee").first()
    if user is None or user.name == set_user.name:
        return
    user.name = set_user.name
    user.save(update_fields=["name"])
    if user.employee is not None:
        user.employee.name = set_user.name
        user.employee.save(update_fields=["name"])


def set_administrator(*, set_user: SetUser) -> None:
    """In the administrators' group or not, as the set user says; other groups stay untouched (S14.11)."""
    user = BookUser.objects.filter(set_user=set_user).first()
    if user is None:
        return
    if set_user.is_admin:
        _join(user, ADMINISTRATORS)
    else:
        Membership.objects.filter(user=user, group__key=ADMINISTRATORS).delete()


def let_go(*, set_user: SetUser) -> None:
    """Nobody outside is this user any more; in the books the user and all that was done stay (S14.14)."""
    user = BookUser.objects.filter(set_user=set_user).first()
    if user is None:
        return
    user.set_user = None
    user.save(update_fields=["set_user"])


@atomic
def change_groups(
    *, actor: Actor, place: Place, user_id: int, keys: Collection[str], now: datetime | None = None
) -> BookUser:
    """The user is in these groups of the set and no others; only administrators change that (S14.12, S19.6).

    Who is administrator is decided outside, so that group is neither given nor taken here. Raises NotFound,
    NotAllowed, InputError.
    """
    if not place.is_admin:
        raise NotAllowed(_("Only administrators of the account set change user groups."))
    user = BookUser.objects.select_for_update().filter(account_set=place.account_set, pk=user_id).first()
    if user is None:
        raise NotFound()
    groups = UserGroup.objects.filter(account_set=place.account_set).exclude(key=ADMINISTRATORS)
    chosen = [group for group in groups if group.key in keys]
    if not chosen:
        raise InputError("groups", _("Choose at least one group."))
    Membership.objects.filter(user=user, group__in=groups).delete()
    Membership.objects.bulk_create(
        Membership(account_set=place.account_set, user=user, group=group) for group in chosen
    )
    note(what="books.groups_changed", actor=actor, account_set=place.account_set, at=now, person=user.name)
    return user


def note(*, what: str, actor: Actor, account_set: AccountSet, at: datetime | None = None, **facts: Any) -> None:
    """The event of something in these books, in the log of the company's account."""
    company = account_set.subscription.company
    record(what, actor=actor, account=company.account, subject=account_set, at=at, set=account_set.name, **facts)
