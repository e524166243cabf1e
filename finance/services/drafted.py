"""The lines of a billing run's draft, as those see them that look at one payer's lines one by one.

Few payers have commitments, coupons or vouchers, so their lines, and only theirs, leave the database.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from finance.money import ZERO

_LINES = """
SELECT id, owner_id, product_id, category_id, cycle_start, cycle_end, revision, quantity, gross, covered, rate, payable,
    shares
FROM bill_draft WHERE payer_id = %s AND payable > 0 ORDER BY cycle_start, owner_id <> payer_id, id
"""


@dataclass(slots=True)
class Line:
    """A drafted line and what is left of it to cover and to pay."""

    id: int
    owner: int
    product: int
    category: int
    cycle_start: datetime
    cycle_end: datetime
    revision: int
    quantity: Decimal
    gross: Decimal
    covered: Decimal
    rate: Decimal
    payable: Decimal
    shares: bool
    uncovered: Decimal = ZERO  # at list price

    def __post_init__(self) -> None:
        """Nothing more is covered yet."""
        self.uncovered = self.gross - self.covered


def lines_of(*, payer: int) -> list[Line]:
    """Those with something to pay, in the order of time, the payer's own first in each cycle."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [payer])
        return [Line(*row) for row in cursor.fetchall()]


def payers_with(*, rows: str) -> list[int]:
    """Whoever pays for lines of the draft and has some of these, a table or a part of one; then lines are quickly
    found by payer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT a.account_id FROM {rows} a JOIN bill_draft d ON d.payer_id = a.account_id")  # noqa: S608
        found = [row[0] for row in cursor.fetchall()]
        if found:
            cursor.execute("CREATE INDEX IF NOT EXISTS bill_draft_payer ON bill_draft (payer_id)")
    return found


def change_lines(*, statement: str, payer: int, amounts: list[tuple[int, Decimal]]) -> None:
    """The statement takes ids, amounts and the payer."""
    if amounts:
        with connection.cursor() as cursor:
            cursor.execute(statement, [[pk for pk, _amount in amounts], [amount for _pk, amount in amounts], payer])
