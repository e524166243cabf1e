"""What a dispute credited of a cycle of usage, when a correction gives it back as well."""

from datetime import datetime

from accounts.models import Account
from config.transactions import atomic
from finance.models import BillLine, Trust
from finance.money import ZERO
from finance.services.charging import Draft, charge


@atomic
def charge_again(*, draft: Draft, payer: Account, key: str, now: datetime) -> BillLine | None:
    """A cycle gives back no more than it took: what it gave back beyond that is a line of its own, charged again.

    `draft` is the difference below zero that was just billed. Part of the caller's transaction. Locks as `charge`.
    """
    money = draft.cycle.filter(payer=payer).money()
    if money >= ZERO:
        return None
    again = Draft(
        owner=draft.owner,
        product=draft.product,
        category=BillLine.Category.ADJUST,
        instance=draft.instance,
        cycle_start=draft.cycle_start,
        cycle_end=draft.cycle_end,
        quantity=ZERO,
        gross=-money,
    )
    trust = Trust.objects.in_force(at=draft.cycle_start).filter(member=draft.owner, manager=payer).first()
    return charge(draft=again, payer=payer, key=f"{key}-again", now=now, trust=trust, may_owe=True)
