"""What follows when funds moved: low balances are told, services resume or are warned of."""

from datetime import datetime
from typing import Final

from django.utils import timezone

from accounts.models import Event
from finance.services.alerts import check_accounts
from finance.services.suspensions import review_payers

JOB: Final = "finance.watch_funds"
# What may change what an account has available, or who pays. Usage is billed without an event for each account: the
# periodic checks see that.
WATCHED: Final = (
    "funds.allotted",
    "funds.recalled",
    "credit.granted",
    "credit.revoked",
    "credit.allotted",
    "credit.recalled",
    "credit.settled",
    "arrears.settled",
    "top_up.credited",
    "withdrawal.requested",
    "withdrawal.returned",
    "order.paid",
    "order.refunded",
    "statement.repaid",
    "trust.begun",
    "trust.ended",
    "relationship.dissolved",
)


def watch_event(*, event_id: int, now: datetime | None = None) -> None:
    """Both sides of the event are looked at: alerts about them are judged, what they pay for is reviewed."""
    event, at = Event.objects.select_related("account", "counterpart").get(pk=event_id), now or timezone.now()
    accounts = [account for account in (event.account, event.counterpart) if account is not None]
    check_accounts(accounts=accounts, now=at)
    review_payers(accounts=accounts, now=at)
