"""A set with books of any length: closed months full of posted vouchers, and one open month that is always the same."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import User
from kiscloud.books.models import Books, BookUser, Subject
from kiscloud.books.months import following
from kiscloud.books.services.openings import finish_openings
from kiscloud.books.services.people import add_person
from kiscloud.books.services.set_up import create_books
from kiscloud.models import AccountSet, SetUser, Subscription
from kiscloud.services.companies import register_company
from kiscloud.set_parameters import Parameters

START = 201801
CLOSED = 60  # months
OPEN_LINES = 3_000  # of the current month, whatever the history
PER_VOUCHER = 3


def make_office(number: int) -> tuple[Actor, AccountSet]:
    """A set with open books and one person who may do everything."""
    user = User.objects.create(username=f"bench{number}", name="周会计")
    actor = Actor(door=Door.CONSOLE, user=user)
    company = register_company(actor=actor, name=f"示例商贸{number}")
    now = timezone.now()
    product = Subscription.objects.create(company=company, edition="professional")
    product.try_out(at=now, until=now + timedelta(days=30))
    product.save(update_fields=["state", "tried_at", "starts_at", "expires_at", "sets_total", "users_total"])
    parameters = Parameters(company=company.name, start_month=START).stored
    made = AccountSet.objects.create(subscription=product, name="一号账套", version="16.0", parameters=parameters)
    made.open()
    made.save(update_fields=["state"])
    create_books(account_set=made)
    add_person(set_user=SetUser.objects.create(account_set=made, user=user, name="周会计", is_admin=True))
    BookUser.objects.create(account_set=made, name="吴审核")
    finish_openings(actor=actor, account_set=made)
    return actor, made


def fill(account_set: AccountSet, lines: int) -> None:
    """So many lines in the closed months, and the usual ones in the open month; balances are those of the lines."""
    leaves = Subject.objects.filter(account_set=account_set, is_leaf=True).order_by("pk").values_list("pk", flat=True)
    words: dict[str, Any] = {"set": account_set.pk, "leaves": list(leaves), "closed": CLOSED, "start": START}
    now = following(START, CLOSED)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL session_replication_role = replica")  # finished rows, made right
        cursor.execute(_VOUCHERS, {**words, "count": lines // PER_VOUCHER, "months": CLOSED, "from": 0})
        open_ones = OPEN_LINES // PER_VOUCHER
        cursor.execute(_VOUCHERS, {**words, "count": open_ones, "months": 1, "from": CLOSED})
        cursor.execute("ANALYZE books_voucher")
        cursor.execute(_LINES, words)
        cursor.execute("ANALYZE books_line")  # without, the sums of a million are planned as if of ten
        cursor.execute(_BALANCES, {**words, "now": now})
    Books.objects.filter(account_set=account_set).update(month=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE books_voucher, books_line, books_balance")


_VOUCHERS = """
INSERT INTO books_voucher (account_set_id, month, word, number, day, kind, state, attachments, summary, total,
                           maker_id, auditor_id, poster_id, saved_at, posted_at)
SELECT %(set)s, to_char(day, 'YYYYMM')::int, '记', row_number() OVER (PARTITION BY day), day, 'entered', 'posted', 0,
       '业务', 30, maker, auditor, auditor, now(), now()
FROM (SELECT (make_date(%(start)s / 100, 1, 1) + make_interval(months => %(from)s + n %% %(months)s))::date AS day,
             (SELECT min(id) FROM books_bookuser WHERE account_set_id = %(set)s) AS maker,
             (SELECT max(id) FROM books_bookuser WHERE account_set_id = %(set)s) AS auditor
      FROM generate_series(1, %(count)s) AS n) made
"""
_LINES = """
INSERT INTO books_line (account_set_id, voucher_id, place, summary, subject_id, day, debit, credit)
SELECT %(set)s, v.id, place, '业务',
       (%(leaves)s::bigint[])[1 + (v.id * 7 + place * 13) %% cardinality(%(leaves)s::bigint[])], v.day,
       CASE WHEN place = 1 THEN 30 ELSE 0 END, CASE WHEN place = 1 THEN 0 ELSE 15 END
FROM books_voucher v CROSS JOIN generate_series(1, 3) AS place WHERE v.account_set_id = %(set)s
"""
_BALANCES = """
WITH months AS (SELECT DISTINCT month FROM books_voucher WHERE account_set_id = %(set)s),
moved AS (SELECT l.subject_id, v.month, sum(l.debit) AS debit, sum(l.credit) AS credit
          FROM books_line l JOIN books_voucher v ON v.id = l.voucher_id WHERE l.account_set_id = %(set)s GROUP BY 1, 2),
every AS (SELECT s.id AS subject_id, m.month, coalesce(d.debit, 0) AS debit, coalesce(d.credit, 0) AS credit
          FROM books_subject s CROSS JOIN months m LEFT JOIN moved d ON d.subject_id = s.id AND d.month = m.month
          WHERE s.account_set_id = %(set)s AND s.is_leaf)
INSERT INTO books_balance (account_set_id, month, subject_id, opening, debit, credit, carried,
                           year_debit, year_credit, year_carried, quantity, quantity_moved)
SELECT %(set)s, month, subject_id, sum(debit - credit) OVER whole - debit + credit, debit, credit, 0,
       sum(debit) OVER year - debit, sum(credit) OVER year - credit, 0, 0, 0
FROM every
WINDOW whole AS (PARTITION BY subject_id ORDER BY month),
       year AS (PARTITION BY subject_id, month / 100 ORDER BY month)
"""
