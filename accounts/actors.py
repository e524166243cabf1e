"""Who acts. Every service takes one, checks it again, and writes it into the event."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ApiKey, Operator, Relationship, User
from accounts.permissions import CONSOLE_RIGHTS, RIGHTS, ConsoleRole, Point, Right, Role
from config.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection


class Door(models.TextChoices):
    """Through which door an act came in."""

    CONSOLE = "console", _("Console")
    API = "api", _("API")
    STAFF = "staff", _("Support staff")
    SYSTEM = "system", _("System")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a key, a member of staff or the system, on behalf of an account.

    `through` is the relationship by which an administrator of the manager stands in a member's console. `cleared` is
    set by a service that has spent the code for the whole of an act and now does its parts.
    """

    door: Door
    user: User | None = None
    account: Account | None = None
    key: ApiKey | None = None
    through: Relationship | None = None
    address: str | None = None
    request_id: str = ""
    cleared: bool = False

    @property
    def name(self) -> str:
        """As the event log shows it, whatever becomes of the person or key."""
        if self.key is not None:
            return f"API · {self.key.name}"
        return str(self.user) if self.user else str(Door.SYSTEM.label)


SYSTEM = Actor(door=Door.SYSTEM)


class StaffOnly(NotAllowed):
    """A member of staff without the permission for this."""

    sentence = _("Your staff account does not have the permission for this.")


class NotInMemberConsole(NotAllowed):
    """Finance and links are never reached through a member's console (K12.4, K13.4)."""

    code = "not_in_member_console"
    rule = "K13.4"
    sentence = _(
        "You are in this member's console as its system administrator. Finance and links are managed from your own "
        "account in Enterprise Finance."
    )


class PointMissing(NotAllowed):
    """The member has not given this permission."""

    code = "point_missing"
    rule = "K1.2"

    def __init__(self, point: Point) -> None:
        super().__init__(_("The linked account has not given you the permission “%(point)s”."), point=point.label)


def rights_of(actor: Actor, account: Account) -> "Collection[str]":
    """What the actor may do in the account, read freshly: by role, or by console access through the directory."""
    if actor.door == Door.SYSTEM:
        return frozenset(Right)
    if actor.key is not None:
        return frozenset(Right) if actor.key.account_id == account.pk else frozenset()
    if actor.user is None:
        return frozenset()
    if actor.through is not None and actor.through.member_id == account.pk:
        return CONSOLE_RIGHTS if console_relationship(actor.user, account) else frozenset()
    if role := Operator.objects.filter(account=account, user=actor.user).values_list("role", flat=True).first():
        return RIGHTS[role]
    return frozenset()


def console_relationship(user: User, account: Account) -> Relationship | None:
    """The relationship in force by which this person, as owner of the manager, may enter the member's console."""
    return (
        Relationship.objects.in_force()
        .filter(
            member=account,
            console_role__in=[ConsoleRole.ADMINISTRATOR, ConsoleRole.FORMER],
            manager__operators__user=user,
            manager__operators__role=Role.OWNER,
        )
        .first()
    )


def require(actor: Actor, right: Right, account: Account) -> None:
    """Raises NotFound for somebody outside the account, NotAllowed for one inside without the right."""
    rights = rights_of(actor, account)
    if right in rights:
        return
    if not rights:
        raise NotFound()
    if rights == CONSOLE_RIGHTS:
        raise NotInMemberConsole()
    raise NotAllowed(_("Your role does not allow you to %(right)s. Ask the owner of this account."), right=right.label)


def person_of(actor: Actor) -> User:
    """The person behind the act, or NotAllowed: some things no key and no timer does."""
    if actor.user is None:
        raise NotAllowed(_("Only a person can do this."))
    return actor.user


def require_staff(actor: Actor, permission: str) -> User:
    """The member of staff behind the act, or StaffOnly."""
    if actor.door == Door.STAFF and actor.user is not None and actor.user.is_staff and actor.user.has_perm(permission):
        return actor.user
    raise StaffOnly()
