"""Many rows of the ledger at once, and ways to break it that the database would refuse."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from finance.models import Book, Entry
from finance.services import ledger
from finance.services.ledger import Posting
from tests.factories import make_account

# All of it on the server: the ledger's own writer links the chains. Each transfer is between two random books.
FILL = """
DO $$
DECLARE
    v_books bigint[] := ARRAY(SELECT id FROM finance_book WHERE floor IS NULL ORDER BY id);
    v_prefix text := gen_random_uuid()::text;
BEGIN
    FOR v_from IN 1 .. %(transfers)s BY 1000 LOOP
        PERFORM ledger_post_many(
            array_agg('allotment'::text), array_agg(v_prefix || n), array_agg(sha256(n::text::bytea)),
            array_agg('{}'::jsonb), array_agg(place) || array_agg(place), array_agg(v_books[payer]) ||
            array_agg(v_books[1 + (payer + step) %% cardinality(v_books)]), array_agg(-amount) || array_agg(amount))
        FROM (
            SELECT n, (n - v_from + 1)::int AS place, (1 + floor(random() * 99999))::numeric / 100 AS amount,
                1 + floor(random() * cardinality(v_books))::int AS payer,
                floor(random() * (cardinality(v_books) - 1))::int AS step
            FROM generate_series(v_from, least(v_from + 999, %(transfers)s)) AS n
        ) AS one;
    END LOOP;
END $$
"""


def fill_ledger(*, transfers: int, books: int = 100) -> None:
    """So many transfers, twice as many entries, in so many books of the platform; all of it right."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_book (kind, stripe, balance, floor, version, head)"
            " SELECT 'payout', 1000 + n, 0, NULL, 0, '' FROM generate_series(1, %s) AS n",
            [books],
        )
        cursor.execute(FILL % {"transfers": transfers})


@contextmanager
def no_guards() -> Iterator[Any]:
    """A cursor for somebody who has switched the triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def five_entries() -> Book:
    """The cash book of a new account, with five entries of ten yuan."""
    cash = ledger.book_for(account=make_account(), kind="cash")
    bank = ledger.platform_book(kind="bank", near=cash.account_id or 0)
    ten = Decimal("10.00")
    for number in range(1, 6):
        ledger.post(posting=Posting("top_up", f"top up {number} of {cash.pk}", {cash.pk: ten, bank.pk: -ten}))
    return Book.objects.get(pk=cash.pk)


def transfer_of(book: Book, sequence: int) -> int:
    """The transfer of the book's entry with this number."""
    return Entry.objects.get(book=book, sequence=sequence).transfer_id


def verify_ledger(*arguments: str) -> tuple[str, int]:
    """What `manage.py verify_ledger` prints, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("verify_ledger", *arguments, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue(), code
