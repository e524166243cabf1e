"""The people of the demo's story, by user name."""

from accounts.actors import Actor, Door
from accounts.models import Account, Operator, Relationship
from accounts.permissions import Role


def account(username: str) -> Account:
    """The account of this name."""
    return Account.objects.select_related("enterprise").get(username=username)


def owner(username: str) -> Actor:
    """The account's owner, whom the story has prove nothing by code."""
    operator = Operator.objects.select_related("user", "account").get(account__username=username, role=Role.OWNER)
    return Actor(door=Door.SYSTEM, user=operator.user, account=operator.account)


def link(manager: str, member: str) -> Relationship:
    """The relationship between the two."""
    return Relationship.objects.in_force().get(manager__username=manager, member__username=member)
