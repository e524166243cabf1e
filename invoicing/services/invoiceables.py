"""Collecting what can be invoiced out of finance: each settled statement and each paid order once."""

from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from accounts.models import Account, Event
from config.transactions import atomic

JOB: Final = "invoicing.collect"
FOLLOWED: Final = ("statement.settled", "order.paid", "order.refunded")

# Whoever marks a statement sums its lines; whoever comes second waits for the mark and does nothing.
_USAGE = """
WITH fresh AS (
    INSERT INTO invoicing_collectedstatement (statement_id, collected_at)
    SELECT s.id, %(at)s FROM finance_statement s
    WHERE s.account_id = %(payer)s AND s.state = 'settled'
        AND NOT EXISTS (SELECT FROM invoicing_collectedstatement c WHERE c.statement_id = s.id)
    ORDER BY s.id ON CONFLICT DO NOTHING RETURNING statement_id
)
INSERT INTO invoicing_invoiceable (payer_id, owner_id, product_id, statement_id, month, amount, created_at)
SELECT s.account_id, l.owner_id, l.product_id, s.id, s.month, sum(l.payable - l.voucher), %(at)s
FROM fresh
JOIN finance_statement s ON s.id = fresh.statement_id
JOIN finance_billline l ON l.statement_id = s.id
WHERE l.order_id IS NULL
GROUP BY s.id, s.account_id, s.month, l.owner_id, l.product_id
HAVING sum(l.payable - l.voucher) <> 0
ORDER BY s.id, l.owner_id, l.product_id
ON CONFLICT DO NOTHING
"""
# An order on credit waits until its statement is settled; what gives back one that stands here already does not.
_ORDERS = """
INSERT INTO invoicing_invoiceable (payer_id, owner_id, product_id, statement_id, order_id, month, amount, created_at)
SELECT s.account_id, l.owner_id, l.product_id, s.id, o.id, s.month, l.payable - l.voucher, %(at)s
FROM finance_order o
JOIN finance_billline l ON l.order_id = o.id
JOIN finance_statement s ON s.id = l.statement_id
WHERE o.payer_id = %(payer)s AND o.state IN ('paid', 'refunded') AND l.payable <> l.voucher
    AND (
        s.state = 'settled' OR (l.credit = 0 AND l.outstanding = 0)
        OR EXISTS (SELECT FROM invoicing_invoiceable b WHERE b.order_id = o.refunds_id)
    )
    AND NOT EXISTS (SELECT FROM invoicing_invoiceable i WHERE i.order_id = o.id)
ORDER BY o.id
ON CONFLICT DO NOTHING
"""


@atomic
def collect(*, payer: Account, now: datetime | None = None) -> int:
    """Everything that this account has paid stands as an amount that can be invoiced; answers how many are new.

    Vouchers are left out, amounts are in yuan with tax. A repeat, also at the same moment, adds nothing. Locks nothing
    but what it writes.
    """
    facts: dict[str, Any] = {"payer": payer.pk, "at": now or timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(_USAGE, facts)
        count = int(cursor.rowcount)
        cursor.execute(_ORDERS, facts)
        while cursor.rowcount:  # what gives back an order follows it
            count += cursor.rowcount
            cursor.execute(_ORDERS, facts)
    return count


def collect_after(*, event_id: int, now: datetime | None = None) -> int:
    """The same for the accounts that an event of finance is about."""
    event = Event.objects.select_related("account", "counterpart").get(pk=event_id)
    return sum(collect(payer=one, now=now) for one in (event.account, event.counterpart) if one is not None)
