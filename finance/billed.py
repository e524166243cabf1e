"""How far usage is billed, and what of it waits, for whoever reads the bills that it comes onto."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from accounts.models import Account
from finance.bills import GROUP, payers_seen
from finance.models import BillingShard, LateUsage, Trust
from finance.models.usage import SHARDS
from finance.services.billing import BEGINNING
from finance.sets import among


@dataclass(frozen=True, slots=True)
class Billed:
    """`until` is None while no usage was ever billed; `waiting` counts readings before it that are still checked."""

    until: datetime | None
    waiting: int


def billed_so_far(account: Account, scope: str = "", *, at: datetime) -> Billed:
    """Of everybody whose usage the account reads in its bills, whoever is least far; what waits of those it pays for.

    Four queries at most, however many members there are.
    """
    trusted = Trust.objects.in_force(at=at).filter(manager=account).values_list("member_id", flat=True)
    paid = {account.pk, *trusted}
    seen = paid | set(payers_seen(account)) if scope == GROUP else paid
    shards = {pk % SHARDS for pk in seen}
    until = BillingShard.objects.filter(number__in=shards).aggregate(least=Min("billed_until"))["least"]
    waiting = LateUsage.objects.filter(shard__in=shards, owner_id__in=among(paid)).count()
    return Billed(None if until == BEGINNING else until, waiting)
