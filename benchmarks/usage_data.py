"""What billing is measured on: usage of a month by many accounts, which differ in prices, discounts and means.

What an account uses of a product in a cycle becomes one bill line; five records make one. Numbers are chosen so that
every step of a price is exact at eight places: the least SQL rounds to the same fen.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from accounts.models import Account
from benchmarks import usage_terms
from config.copying import raw_cursor
from finance.cycles import ZONE
from finance.models.usage import SHARDS
from finance.services.partitions import ensure_months, partition_of
from finance.services.staging import FIELDS

ACCOUNTS, PRODUCTS, PER_LINE = 10_000, 20, 5
PAIRS = ACCOUNTS * PRODUCTS
MONTH = datetime(2026, 1, 1, tzinfo=ZONE)
LATER = datetime(2026, 2, 1, tzinfo=ZONE)  # all of it is over
BEFORE = MONTH - timedelta(days=1)
PARTITION = partition_of(month=MONTH.date())
POOR, LENT, GIVEN = 20, 40, 200  # each so-manieth account has too little cash; a credit line beside it; a voucher
MANAGERS, MEMBERS = 10, 20  # trusteed members, of each of these managers

# Records come as a meter reports them, in the order of time. A step that is coprime to the number of pairs of account
# and product spreads the lines over them; when every pair has its line, each goes on to another cycle.
_RECORDS = f"""
SELECT 'r' || lpad((row_number() OVER (ORDER BY at, n))::text, 12, '0') AS source_id, number, owner_id, code,
    product_id, 'i-' || lpad(pair::text, 6, '0') AS instance, 1 + (n % 400) * 0.01 AS quantity, cycle,
    at AS started_at, at + interval '9 minutes' AS ended_at
FROM (
    SELECT n, pair, a.id AS owner_id, a.number, p.id AS product_id, p.code, p.cycle,
        timestamptz '{MONTH.isoformat()}' + CASE p.cycle
            WHEN 'day' THEN (pair * 31 + turn * 3) % 30 * interval '1 day' + part * interval '4 hours'
            ELSE (pair * 31 + pair / {PRODUCTS} + turn * 67) % 720 * interval '1 hour' + part * interval '10 minutes'
        END AS at
    FROM (
        SELECT n, n / {PER_LINE} * 7919 % {PAIRS} AS pair, n % {PER_LINE} AS part, n / {PAIRS * PER_LINE} AS turn
        FROM generate_series(0, {{count}} - 1::bigint) n
    ) numbered
    JOIN accounts_account a ON a.number = (3000000000 + pair / {PRODUCTS})::text
    JOIN finance_product p ON p.code = 'p' || pair % {PRODUCTS}
) placed
"""
COLUMNS = "source_id, owner_id, product_id, instance, quantity, started_at, ended_at, cycle_start, cycle_end, shard"
_TYPED = f"""
SELECT source_id, owner_id, product_id, instance, quantity, started_at, ended_at,
    cycle_start(cycle, started_at) AS cycle_start, cycle_end(cycle, started_at) AS cycle_end,
    (owner_id % {SHARDS})::smallint AS shard
FROM ({_RECORDS}) record ORDER BY source_id
"""
_MOMENT = "to_char({} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS+08:00')"
_WRITTEN = f"""
SELECT source_id, number AS account, code AS product, instance, quantity, {_MOMENT.format("started_at")} AS started_at,
    {_MOMENT.format("ended_at")} AS ended_at, NULL AS corrects
FROM ({_RECORDS}) record ORDER BY source_id
"""


def make_world() -> None:
    """Products with prices, accounts with discounts and means; no usage yet."""
    rows = [Account(number=str(3_000_000_000 + n), username=f"bench{n}", name=str(n)) for n in range(ACCOUNTS)]
    accounts = Account.objects.bulk_create(rows, 2_000)
    products = usage_terms.make_products(PRODUCTS, since=MONTH)
    usage_terms.make_discounts(accounts[::3], since=MONTH)
    usage_terms.make_funds(accounts, accounts[::POOR])
    usage_terms.make_credit(accounts[::LENT], usage_terms.LIMIT, since=BEFORE)
    usage_terms.make_vouchers(accounts[5::GIVEN], since=MONTH, until=LATER)
    usage_terms.make_commitments(accounts[7], accounts[8], products[0], since=MONTH, until=LATER)
    for n in range(MANAGERS):
        first = ACCOUNTS // 2 + n * MEMBERS
        usage_terms.entrust(accounts[9 + n * 100], accounts[first : first + MEMBERS], since=MONTH)
    ensure_months(months=[MONTH.date()])
    settle()


def settle() -> None:
    """As autovacuum leaves it, with nothing waiting to be written."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def write_files(count: int, *, typed: Path, plain: Path) -> None:
    """So many records, as COPY takes them into the table, and as a file for our import."""
    _write(typed, f"COPY ({_TYPED.format(count=count)}) TO STDOUT")
    _write(plain, f"COPY ({_WRITTEN.format(count=count)}) TO STDOUT (FORMAT csv, HEADER)")
    assert plain.open().readline().strip() == ",".join(FIELDS)


def _write(path: Path, statement: str) -> None:
    with path.open("wb") as file, raw_cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)


def fill(count: int) -> None:
    """So many records are in the table, and nothing else."""
    forget()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"INSERT INTO {PARTITION} ({COLUMNS}) {_TYPED.format(count=count)}")
    settle()


def forget() -> None:
    """No usage."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {PARTITION}")
        cursor.execute("CHECKPOINT")
