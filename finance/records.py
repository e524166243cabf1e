"""The usage records behind a bill line."""

from collections.abc import Sequence
from dataclasses import dataclass

from finance.models import BillLine, Usage
from finance.models.usage import SHARDS

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class Records:
    """The first so many, in the order of time; `more` where there are others."""

    rows: Sequence[Usage]
    more: bool


def records_of(line: BillLine) -> Records | None:
    """What was metered in the line's cycle, corrections among it; None for what no meter counted. One query.

    A further line of the same cycle, with a later revision, stands on the same records. The shard and the end of the
    cycle are what the usage tables are indexed by.
    """
    if line.category != BillLine.Category.USE:
        return None
    cycle = Usage.objects.filter(
        shard=line.owner_id % SHARDS,
        cycle_start=line.cycle_start,
        cycle_end=line.cycle_end,
        owner_id=line.owner_id,
        product_id=line.product_id,
        instance=line.instance,
    )
    found = list(cycle.order_by("started_at", "id")[: SHOWN_MAX + 1])
    return Records(found[:SHOWN_MAX], more=len(found) > SHOWN_MAX)
