"""What many charges add to one draft statement at once: each leaves a part, and whoever is free counts them in.

A charge writes its part and then tries to count in all that lie there; where somebody else is at it, the part waits for
the next one, for whoever locks the statement, or for the job of the minute. So a draft may be a minute behind its
lines; whoever repays or issues counts them in first.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import connection

from finance.models import Statement, StatementPart

_COUNT_IN = """
WITH free AS MATERIALIZED (
    SELECT id FROM finance_statement WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM finance_statementpart p USING free WHERE p.statement_id = free.id RETURNING p.*
), added AS (
    SELECT statement_id, count(*) AS lines, sum(payable) AS payable, sum(voucher) AS voucher, sum(cash) AS cash,
        sum(credit) AS credit, sum(outstanding) AS outstanding FROM taken GROUP BY statement_id
)
UPDATE finance_statement s SET lines = s.lines + a.lines, payable = s.payable + a.payable,
    voucher = s.voucher + a.voucher, cash = s.cash + a.cash, credit = s.credit + a.credit,
    outstanding = s.outstanding + a.outstanding
FROM added a WHERE s.id = a.statement_id
"""


def add_part(*, statement: Statement, sums: Mapping[str, Decimal]) -> None:
    """The line's sums are counted in, or will be; the caller keeps the statement from being issued meanwhile."""
    StatementPart.objects.create(statement=statement, **sums)
    count_in(statements=[statement.pk])


def count_in(*, statements: Collection[int]) -> None:
    """Parts of these are in their sums, but for statements that somebody else has locked; locks those that are free.

    One statement of SQL, so whole or not at all in the caller's transaction and without one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_IN, [list(statements)])


def count_in_all() -> None:
    """The same for every statement that has parts, each in a transaction of its own."""
    for pk in StatementPart.objects.order_by("statement").values_list("statement", flat=True).distinct():
        count_in(statements=[pk])
