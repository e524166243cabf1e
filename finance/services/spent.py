"""What was spent on budgets in a month, and what the month will come to: one statement for any number of budgets.

A month is what stands in its bills (the statements of that month): everything the account pays, and what members pay
that let it see their bills (K1.2). Amounts are what is payable, vouchers included.

The forecast goes on as in the last seven days: what was billed in them, less if the month is younger, is the average
that each day to come will cost, on top of what is spent already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from finance.cycles import month_of
from finance.forecast import still_to_come, window_start
from finance.money import ZERO


@dataclass(frozen=True, slots=True)
class Spent:
    """In yuan."""

    actual: Decimal = ZERO
    forecast: Decimal = ZERO


# Whose lines count on a budget: `owner_id` null stands for whatever the payer pays.
_SPENT = """
WITH RECURSIVE asked AS (
    SELECT * FROM finance_budget WHERE id = ANY(%(budgets)s)
), below AS (
    SELECT id AS budget_id, folder_id FROM asked WHERE folder_id IS NOT NULL
    UNION ALL
    SELECT below.budget_id, f.id FROM below JOIN accounts_folder f ON f.parent_id = below.folder_id
), covered AS (
    SELECT b.id AS budget_id, b.account_id, r.member_id, r.points @> ARRAY['view_bills']::varchar[] AS seen
    FROM asked b JOIN accounts_relationship r
        ON r.manager_id = b.account_id AND r.state IN ('established', 'change_pending')
    WHERE (b.relationship_id IS NULL OR b.relationship_id = r.id)
        AND (b.folder_id IS NULL OR r.folder_id IN (SELECT folder_id FROM below WHERE budget_id = b.id))
), scope AS (
    SELECT budget_id, member_id AS payer_id, member_id AS owner_id FROM covered WHERE seen
    UNION ALL
    SELECT c.budget_id, c.account_id, c.member_id FROM covered c JOIN asked b ON b.id = c.budget_id
    WHERE b.relationship_id IS NOT NULL OR b.folder_id IS NOT NULL
    UNION ALL
    SELECT id, account_id, NULL FROM asked WHERE relationship_id IS NULL AND folder_id IS NULL
), spent AS (
    SELECT s.month, l.payer_id, l.owner_id, l.product_id, sum(l.payable) AS actual,
        coalesce(sum(l.payable) FILTER (WHERE l.billed_at >= %(recent)s), 0) AS lately
    FROM finance_statement s JOIN finance_billline l ON l.statement_id = s.id
    WHERE s.month = ANY(%(months)s) AND s.account_id IN (SELECT payer_id FROM scope)
    GROUP BY 1, 2, 3, 4
)
SELECT scope.budget_id, spent.month, sum(spent.actual), sum(spent.lately)
FROM scope JOIN asked b ON b.id = scope.budget_id
JOIN spent ON spent.payer_id = scope.payer_id AND (scope.owner_id IS NULL OR spent.owner_id = scope.owner_id)
    AND (b.product_id IS NULL OR b.product_id = spent.product_id)
GROUP BY 1, 2
"""


def spent_on(*, budgets: Collection[int], months: Sequence[date], at: datetime) -> dict[tuple[int, date], Spent]:
    """By budget and month, zeros included; the forecast of a month that is over is what was spent. One statement."""
    now = month_of(at)
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, {"budgets": list(budgets), "months": list(months), "recent": window_start(at)})
        rows = cursor.fetchall()
    found = {(pk, month): Spent() for pk in budgets for month in months}
    for pk, month, actual, lately in rows:
        more = still_to_come(lately, at) if month == now else ZERO
        found[pk, month] = Spent(actual, actual + more)
    return found
