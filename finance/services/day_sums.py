"""Totals of large closed statements, kept by day, so that a year of a large payer opens at once.

Reads take them by the view of `finance/sql/spend.sql`, which adds up the lines of every statement that has none.
"""

import time

from django.db import connection

from config.transactions import atomic
from finance import policy
from finance.models import DaySum, Statement

_SUM = """
INSERT INTO finance_daysum (statement_id, owner_id, product_id, category, day, lines, gross, covered, discount,
    rounding, coupon, payable, voucher, cash, credit, outstanding)
SELECT l.statement_id, l.owner_id, l.product_id, l.category,
    bill_day(l.category, l.cycle_start, l.billed_at, s.month), count(*), sum(l.gross), sum(l.covered), sum(l.discount),
    sum(l.rounding), sum(l.coupon), sum(l.payable), sum(l.voucher), sum(l.cash), sum(l.credit), sum(l.outstanding)
FROM finance_billline l JOIN finance_statement s ON s.id = l.statement_id WHERE s.id = %s GROUP BY 1, 2, 3, 4, 5
"""


def keep_sums(*, seconds: float = policy.DAY_SUMS_SECONDS) -> int:
    """Every closed statement of many lines has its sums by day; answers how many just got them.

    Each commits on its own. Stops after these seconds; the next run goes on.
    """
    begun, kept = time.monotonic(), 0
    large = Statement.objects.filter(summed=False, lines__gte=policy.DAY_SUMS_FROM_LINES)
    for pk in list(large.exclude(state=Statement.State.DRAFT).order_by("pk").values_list("pk", flat=True)):
        kept += sum_statement(statement_id=pk)
        if time.monotonic() - begun > seconds:
            break
    return kept


@atomic
def sum_statement(*, statement_id: int) -> bool:
    """Its sums are kept; False while it is a draft, or where somebody was faster. Locks the statement."""
    closed = Statement.objects.select_for_update(no_key=True).filter(pk=statement_id, summed=False)
    if closed.exclude(state=Statement.State.DRAFT).first() is None:
        return False
    DaySum.objects.filter(statement=statement_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(_SUM, [statement_id])
    Statement.objects.filter(pk=statement_id).update(summed=True)
    return True
