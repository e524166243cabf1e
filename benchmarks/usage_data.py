"""Usage for benchmarks of billing: accounts, products with prices, and any number of records, made by the database.

The same numbers always give the same records: those of one month, in the order of time, spread over all accounts and
products. `NOW` is a moment after that month, to be given to whatever takes or bills them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
from django.db import connection

from accounts.models import Account
from finance.cycles import ZONE, month_start
from finance.models import Category, Price, PriceTier, Product
from finance.models.usage import SHARDS
from finance.services.partitions import ensure_months

ACCOUNTS, PRODUCTS, RECORDS = 10_000, 20, 1_000_000
MONTH = date(2026, 3, 1)
BEGIN = month_start(MONTH)
END = datetime(2026, 4, 1, tzinfo=ZONE)
NOW = END + timedelta(hours=12)
CYCLES = ("hour", "hour", "day", "day", "month")  # of the products, in turn
LONG_AGO = datetime(2020, 1, 1, tzinfo=ZONE)

# Half an hour each. A record's account and product follow from its number, so that nothing has to be looked up.
_RECORDS = f"""
SELECT 'm-' || lpad(n::text, 12, '0') AS source_id,
    lpad((1 + n * 7919 %% {{accounts}})::text, 10, '0') AS account,
    'bench-' || lpad(((n + n / {{accounts}}) %% {{products}})::text, 2, '0') AS product,
    'i-' || n / 7 %% 3 AS instance, round((1 + n * 37 %% 1000) / 100.0, 2) AS quantity,
    '{BEGIN.isoformat()}'::timestamptz + make_interval(secs => (n - 1) * 2674800 / {{records}}) AS started_at
FROM generate_series(1::bigint, {{records}}) n
""".replace("%%", "%")
_MOMENT = "to_char(({}) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+08:00\"')"
_AS_FILE = f"""
SELECT source_id, account, product, instance, quantity, {_MOMENT.format("started_at")} AS started_at,
    {_MOMENT.format("started_at + interval '30 minutes'")} AS ended_at, '' AS corrects FROM ({{records}}) r
"""
COLUMNS = (
    "source_id, owner_id, product_id, instance, quantity, started_at, ended_at, cycle_start, cycle_end, shard"  # kept
)
_AS_KEPT = f"""
SELECT source_id, a.id AS owner_id, p.id AS product_id, instance, quantity, started_at,
    started_at + interval '30 minutes' AS ended_at, cycle_start(p.cycle, started_at) AS cycle_start,
    cycle_end(p.cycle, started_at) AS cycle_end, a.id % {SHARDS} AS shard
FROM ({{records}}) r JOIN accounts_account a ON a.number = r.account JOIN finance_product p ON p.code = r.product
ORDER BY source_id
"""


@dataclass(frozen=True, slots=True)
class World:
    """How many there are of each."""

    accounts: int = ACCOUNTS
    products: int = PRODUCTS
    records: int = RECORDS

    @property
    def query(self) -> str:
        """Its records: source_id, account, product, instance, quantity, started_at."""
        return _RECORDS.format(accounts=self.accounts, products=self.products, records=self.records)


def make_world(world: World) -> None:
    """Its accounts, its products with list prices (every fourth by tiers), and the month's table."""
    numbers = range(1, world.accounts + 1)
    Account.objects.bulk_create(Account(number=f"{n:010}", username=f"bench{n}", name=str(n)) for n in numbers)
    category = Category.objects.create(code="bench", name="Bench")
    for number in range(world.products):
        product = Product.objects.create(
            code=f"bench-{number:02}",
            name=f"Bench {number}",
            category=category,
            pay_mode="postpaid",
            cycle=CYCLES[number % len(CYCLES)],
            unit="piece",
        )
        price = Price.objects.create(product=product, valid_from=LONG_AGO)
        PriceTier.objects.bulk_create(_tiers(price, number))
    ensure_months(months=[MONTH])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _tiers(price: Price, number: int) -> Sequence[PriceTier]:
    first = PriceTier(price=price, above=Decimal(0), unit_price=Decimal(number + 1) / 50)
    if number % 4:
        return [first]
    return [first, PriceTier(price=price, above=Decimal(5), unit_price=first.unit_price / 2)]


def write_file(world: World, path: Path) -> None:
    """Its records as the vendor's metering writes them: CSV with the names of the columns."""
    _write(path, _AS_FILE.format(records=world.query), "FORMAT csv, HEADER")


def write_kept(world: World, path: Path) -> None:
    """Its records as `finance_usage` keeps them, for COPY with `COLUMNS`."""
    _write(path, _AS_KEPT.format(records=world.query), "FORMAT csv")


def fill(world: World) -> None:
    """Its records stand in the table, as if intake had taken them."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"INSERT INTO finance_usage ({COLUMNS}) {_AS_KEPT.format(records=world.query)}")
        cursor.execute("VACUUM ANALYZE finance_usage")


def empty() -> None:
    """No record is there."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE finance_usage, finance_lateusage, finance_billingshard")


def _write(path: Path, query: str, options: str) -> None:
    connection.ensure_connection()
    with path.open("wb") as file, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(f"COPY ({query}) TO STDOUT ({options})") as copy:  # type: ignore[arg-type]
            for block in copy:
                file.write(block)
