"""What follows when cash arrives, or when something about a planned statement changes (K11.6, Q-22, Q-23, Q-29).

First the account's unpaid bills, then its own overdue statements, then its repayment plans, oldest first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Q

from accounts.models import Account, Event
from finance import policy
from finance.models import Book, RepaymentPlan
from finance.models.book import BookKind
from finance.services.plan_runs import queue_plans, queue_plans_of
from finance.services.repayment import settle_arrears, settle_overdue

JOB: Final = "finance.cash_arrived"
REVIEW: Final = "finance.review_plans"
# Whose cash grew, by kind of event: the account that it is about, or its counterpart.
ARRIVALS: Final[Mapping[str, tuple[str, ...]]] = {
    "top_up.credited": ("account",),
    "funds.recalled": ("account",),
    "funds.allotted": ("counterpart",),
    "withdrawal.returned": ("account",),
    "order.refunded": ("account", "counterpart"),
    "dispute.answered": ("account",),
    "relationship.dissolved": ("counterpart",),  # what the manager gave is own cash now (K8.8)
}
# After these an item of a plan may have to end, or may be paid further.
REVIEWS: Final = (
    "relationship.dissolved",
    "relationship.changed",
    "invitation.accepted",
    "trust.agreed",
    "trust.begun",
    "statement.settled",
    "dispute.answered",
    "dispute.withdrawn",
)


def use_arrived_cash(*, event_id: int, now: datetime | None = None) -> None:
    """Whoever's cash grew by this event has paid with it what comes first; a job goes on with its plans.

    Acts once an event: a repeat finds its keys used. Each account pays in a transaction of its own.
    """
    event = Event.objects.select_related("account", "counterpart").get(pk=event_id)
    for side in ARRIVALS[event.kind]:
        account: Account | None = getattr(event, side)
        if account is not None:
            pay_what_is_due(account=account, key=f"event-{event.pk}", now=now)


def pay_what_is_due(*, account: Account, key: str, now: datetime | None = None) -> None:
    """Arrears, then overdue statements are paid as far as cash goes; plans are queued."""
    settle_arrears(account=account, key=key, now=now)
    settle_overdue(account=account, key=key, now=now)
    queue_plans_of(account=account, key=key)


def review_plans(*, event_id: int) -> int:
    """Plans with items that this event is about are judged anew by a job each; answers how many."""
    event = Event.objects.get(pk=event_id)
    sides = [pk for pk in (event.account_id, event.counterpart_id) if pk is not None]
    return queue_plans(wanted=Q(items__statement__account__in=sides), key=f"event-{event.pk}")


def sweep_debts(*, key: str, now: datetime | None = None) -> int:
    """By the hour, for what no event told: every account with cash and arrears pays, every active plan runs."""
    rich = Book.objects.filter(kind__in=[BookKind.CASH, BookKind.ALLOTTED], balance__gt=0).values("account")
    owing = Book.objects.filter(kind=BookKind.ARREARS, balance__lt=0, account__in=rich).select_related("account")
    count = 0
    for book in owing.order_by("account")[: policy.DEBTS_PER_SWEEP_MAX]:
        assert book.account is not None  # noqa: S101  (arrears are an account's)
        count += settle_arrears(account=book.account, key=key, now=now) > 0
    return count + queue_plans(wanted=Q(state=RepaymentPlan.State.ACTIVE), key=key)
