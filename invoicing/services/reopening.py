"""After an invoice with an error was taken back: what it covered can be asked for again, so that a right one follows.

Only for an error. After a return, an ended service or an allowance nothing is owed an invoice any more.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Event
from config.transactions import atomic
from finance.money import ZERO
from invoicing.models import Invoice, Invoiceable, RedLetter

JOB: Final = "invoicing.reopen"
FOLLOWED: Final = ("invoice.reversed",)


def reopen_after(*, event_id: int, now: datetime | None = None) -> Decimal:
    """The same for the invoice that the red one of the event takes back."""
    blue = Invoice.objects.filter(reversed_by=Event.objects.get(pk=event_id).subject_id or 0).first()
    return reopen(invoice=blue, now=now) if blue is not None else ZERO


@atomic
def reopen(*, invoice: Invoice, now: datetime | None = None) -> Decimal:
    """The amounts of its request are open again, with the refunds that its red letters were for; answers their sum.

    Only where that sum is what was taken back for an error: what red letters took for another reason and no refund
    explains stays taken back. Twice changes nothing. Locks the account, then the amounts by id.
    """
    if invoice.account_id is None:
        return ZERO
    lock_accounts(invoice.account_id)
    mine = Q(request__issue_order__invoice=invoice) | Q(red_letter__invoice=invoice)
    ids = list(Invoiceable.objects.filter(mine).values_list("pk", flat=True))
    items = list(Invoiceable.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    total, wrong = sum((one.amount for one in items), ZERO), _taken_for_error(invoice)
    if not items or total != wrong:
        return ZERO
    Invoiceable.objects.filter(pk__in=ids).update(request=None, red_letter=None)
    facts: dict[str, Any] = {"number": invoice.number, "total": str(total)}
    at = now or timezone.now()
    record("invoice.reopened", actor=SYSTEM, account=invoice.account, subject=invoice, at=at, **facts)
    return total


def _taken_for_error(invoice: Invoice) -> Decimal:
    """What issued red invoices took back for an error, with tax, as a positive amount."""
    red = Invoice.objects.filter(reverses=invoice, issue_order__red_letter__reason=RedLetter.Reason.ERROR)
    return -(red.aggregate(sum=Sum("total"))["sum"] or ZERO)
