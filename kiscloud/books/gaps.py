"""Voucher numbers that are missing."""

from django.db import connection

from kiscloud.models import AccountSet

_GAPS = """
SELECT word, before + 1, number - 1
FROM (SELECT word, number, lag(number, 1, 0) OVER (PARTITION BY word ORDER BY number) AS before
      FROM books_voucher WHERE account_set_id = %s AND month = %s AND number IS NOT NULL) numbered
WHERE number > before + 1 ORDER BY word, number
"""
_RENUMBER = """
UPDATE books_voucher v SET number = wanted.number
FROM (SELECT id, row_number() OVER (PARTITION BY word ORDER BY number) AS number
      FROM books_voucher WHERE account_set_id = %s AND month = %s AND number IS NOT NULL) wanted
WHERE v.id = wanted.id AND v.number <> wanted.number
"""


def gaps_of(account_set: AccountSet, month: int) -> list[tuple[str, int, int]]:
    """Each gap of the month: its word, the first number that is missing and the last."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, [account_set.pk, month])
        return [(word, int(first), int(last)) for word, first, last in cursor.fetchall()]


def close_gaps(account_set: AccountSet, month: int) -> int:
    """Numbers follow each other, in the order in which they did; answers how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_RENUMBER, [account_set.pk, month])
        return int(cursor.rowcount)
