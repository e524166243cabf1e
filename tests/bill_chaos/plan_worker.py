"""One worker: puts in a little cash and executes a random plan, until all are completed or somebody kills it."""

import random
import sys

import django

django.setup()

from finance.models import RepaymentPlan  # noqa: E402
from finance.services.plan_runs import execute_plan  # noqa: E402
from tests.bill_chaos.plan_world import DEPOSITS, deposit  # noqa: E402
from tests.finance.billing import LATER  # noqa: E402


def main() -> None:
    """Says `ready` before it begins."""
    chance = random.Random(sys.argv[1])
    print("ready", flush=True)
    plans = RepaymentPlan.objects.filter(state=RepaymentPlan.State.ACTIVE)
    while active := list(plans.values_list("pk", flat=True)):
        deposit(chance.randrange(DEPOSITS))
        execute_plan(plan_id=chance.choice(active), now=LATER)
    if sys.argv[1] == "last":
        for number in range(DEPOSITS):
            deposit(number)


if __name__ == "__main__":
    main()
