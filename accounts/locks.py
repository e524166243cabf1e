"""Locks in one fixed order: named things first, then accounts by id, then relationships, then the rows below them."""

from accounts.models import Account, Relationship
from config.errors import NotFound
from config.transactions import lock_name

__all__ = ["lock_accounts", "lock_name", "lock_relationship"]


def lock_accounts(*ids: int) -> dict[int, Account]:
    """Locks these accounts, lowest id first, and answers them freshly read. Rows that refer to them can be written."""
    rows = Account.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise").filter(pk__in=ids)
    return {account.pk: account for account in rows.order_by("pk")}


def lock_relationship(*, relationship_id: int) -> Relationship:
    """Locks both accounts, then the relationship, and answers it freshly read with both sides. Raises NotFound."""
    sides = Relationship.objects.filter(pk=relationship_id).values_list("manager_id", "member_id").first()
    if sides is None:
        raise NotFound()
    accounts = lock_accounts(*sides)
    relationship = Relationship.objects.select_for_update(no_key=True).get(pk=relationship_id)
    relationship.manager, relationship.member = accounts[sides[0]], accounts[sides[1]]
    return relationship
