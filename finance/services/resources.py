"""What was bought ahead, to its end: without value after a change of payer (A2.21), released when its time is over.

Resources come with the payment of an order and leave with its refund (`order_payments`, `returns`).
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from config.transactions import atomic
from finance.models import Resource

ENDED_AT_ONCE_MAX = 1000


@atomic
def make_worthless(*, account: Account, at: datetime) -> int:
    """What the account's resources have left to run is worth nothing from now on (A2.21); answers how many there are.

    Called when a trusteeship begins or ends, in its transaction. Locks the account, so that no order is being paid.
    """
    lock_accounts(account.pk)
    return Resource.objects.valid(at=at).filter(owner=account).update(worthless_since=at)


def release_ended(*, now: datetime | None = None) -> int:
    """Those whose time is over are released, each in its own transaction; answers how many."""
    at = now or timezone.now()
    over = Resource.objects.filter(ends_at__lte=at).exclude(state=Resource.State.RELEASED).order_by("pk")
    return sum(_release(pk, at) for pk in over.values_list("pk", flat=True)[:ENDED_AT_ONCE_MAX])


@atomic
def _release(pk: int, at: datetime) -> bool:
    owner = Resource.objects.values_list("owner_id", flat=True).get(pk=pk)
    lock_accounts(owner)
    resource = Resource.objects.select_for_update(of=("self",), no_key=True).select_related("owner").get(pk=pk)
    if resource.state == Resource.State.RELEASED or resource.ends_at > at:
        return False
    resource.release(at=at)
    resource.save(update_fields=["state", "ends_at"])
    facts: dict[str, Any] = {"instance": resource.instance, "product": resource.product_id}
    record("resource.ended", actor=SYSTEM, account=resource.owner, subject=resource, at=at, **facts)
    return True
