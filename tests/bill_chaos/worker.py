"""One worker: bills random shards up to an hour further, until nothing is left or somebody kills it."""

import random
import sys
from datetime import datetime, timedelta

import django

django.setup()

from finance.models import BillingShard  # noqa: E402
from finance.services.billing import bill_usage  # noqa: E402
from tests.bill_chaos.world import END, SHARD_GROUPS  # noqa: E402


def main() -> None:
    """Says `ready` before it begins, and `done` when every shard is billed."""
    chance = random.Random(sys.argv[1])
    print("ready", flush=True)
    groups = list(SHARD_GROUPS)
    while True:
        behind = [group for group in groups if not is_done(group)]
        if not behind:
            break
        group = chance.choice(behind)
        bill_usage(shards=group, until=min(END, oldest(group) + timedelta(minutes=chance.randint(15, 60))), now=END)
    print("done", flush=True)


def is_done(group: range) -> bool:
    """Every shard of the group is billed to the end."""
    return BillingShard.objects.filter(number__in=group, billed_until__gte=END).count() == len(group)


def oldest(group: range) -> datetime:
    """How far the group is billed."""
    return BillingShard.objects.filter(number__in=group).order_by("billed_until")[0].billed_until


if __name__ == "__main__":
    main()
