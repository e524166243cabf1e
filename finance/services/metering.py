"""Taking usage in: batches of records, checked and kept by the database as a whole, once each.

Every way in (the API, files) fills one staging table of plain texts; from there on SQL decides row by row. A record is
known by its number at the source: the same again is no harm, the number with other content is refused. A correction
states the right quantity of an earlier record; what is kept is the difference, so that sums are always right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from config.transactions import atomic
from finance import policy
from finance.models import BillingShard
from finance.models.usage import SHARDS
from finance.services.billing import BEGINNING
from finance.services.corrections import take_corrections
from finance.services.partitions import ensure_months, partition_of

FIELDS = ("source_id", "account", "product", "instance", "quantity", "started_at", "ended_at", "corrects")
Row = Sequence[str]  # in the order of FIELDS

_STAGE = """
CREATE TEMP TABLE usage_in (
    line bigint GENERATED ALWAYS AS IDENTITY, source_id text, account text, product text, instance text, quantity text,
    started_at text, ended_at text, corrects text
) ON COMMIT DROP
"""
_MARK = "\x1f"  # a sign that no number has
_COPY = f"COPY usage_in ({', '.join(FIELDS)}) FROM STDIN"
# A day, a clock and a zone, which the database can read. Written without regular expressions, which took most of the
# time of the whole intake.
_MOMENT = """
(s.{0} LIKE '____-__-__%%' AND substr(s.{0}, 11, 1) IN ('T', ' ') AND length(s.{0}) >= 17
    AND (right(s.{0}, 1) = 'Z' OR substr(s.{0}, length(s.{0}) - 5, 1) IN ('+', '-')
        OR substr(s.{0}, length(s.{0}) - 4, 1) IN ('+', '-') OR substr(s.{0}, length(s.{0}) - 2, 1) IN ('+', '-'))
    AND pg_input_is_valid(s.{0}, 'timestamptz'))
"""

# Texts become values only where their form allows it; then each row has its first reason against it, or none.
_CHECK = """
CREATE TEMP TABLE usage_checked ON COMMIT DROP AS
SELECT line, source_id, corrects, owner_id, product_id, instance, quantity, started_at, ended_at,
    cycle_start(cycle, started_at) AS cycle_start, cycle_end(cycle, started_at) AS cycle_end,
    (owner_id %% %(shards)s)::smallint AS shard,
    CASE
        WHEN corrects LIKE %(mark)s || '%%' THEN substr(corrects, 2)
        WHEN source_id = '' OR length(source_id) > 100 THEN 'source_id'
        WHEN owner_id IS NULL THEN 'unknown_account'
        WHEN product_id IS NULL THEN 'unknown_product'
        WHEN pay_mode <> 'postpaid' OR NOT active THEN 'product_not_metered'
        WHEN instance = '' OR length(instance) > 100 THEN 'instance'
        WHEN quantity IS NULL THEN 'quantity'
        WHEN started_at IS NULL OR ended_at IS NULL THEN 'time'
        WHEN ended_at < started_at THEN 'ends_before_it_begins'
        WHEN ended_at > %(latest)s THEN 'in_the_future'
        WHEN started_at < %(oldest)s THEN 'too_old'
        WHEN length(corrects) > 100 OR corrects = source_id THEN 'corrects'
    END AS reason
FROM (
    SELECT s.line, s.source_id, s.corrects, s.instance, a.id AS owner_id, p.id AS product_id, p.cycle, p.pay_mode,
        p.active,
        CASE WHEN translate(s.quantity, '0123456789.', '') = '' AND length(s.quantity) <= 24
            AND pg_input_is_valid(s.quantity, 'numeric(23, 8)') AND scale(s.quantity::numeric) <= 8
            THEN s.quantity::numeric END AS quantity,
        CASE WHEN {started_at} THEN s.started_at::timestamptz END AS started_at,
        CASE WHEN {ended_at} THEN s.ended_at::timestamptz END AS ended_at
    FROM usage_in s
    LEFT JOIN accounts_account a ON a.number = s.account
    LEFT JOIN finance_product p ON p.code = s.product
) read
""".format(started_at=_MOMENT.format("started_at"), ended_at=_MOMENT.format("ended_at"))  # noqa: S608  (no input)
_MONTHS = """
SELECT DISTINCT date_trunc('month', cycle_start AT TIME ZONE 'Asia/Shanghai')::date FROM usage_checked
WHERE reason IS NULL
"""
# In the order of numbers, so that two batches with the same ones do not wait for each other in a circle.
_KEEP = """
INSERT INTO {partition} (source_id, owner_id, product_id, instance, quantity, started_at, ended_at, cycle_start,
    cycle_end, shard)
SELECT source_id, owner_id, product_id, instance, quantity, started_at, ended_at, cycle_start, cycle_end, shard
FROM usage_checked WHERE reason IS NULL AND corrects = ''
    AND date_trunc('month', cycle_start AT TIME ZONE 'Asia/Shanghai')::date = %s
ORDER BY source_id, line ON CONFLICT (source_id) DO NOTHING
"""
_REUSED = """
UPDATE usage_checked c SET reason = 'source_id_reused' FROM {partition} u
WHERE u.source_id = c.source_id AND c.reason IS NULL AND c.corrects = ''
    AND (u.owner_id, u.product_id, u.instance, u.quantity, u.started_at, u.ended_at, u.corrects)
        IS DISTINCT FROM (c.owner_id, c.product_id, c.instance, c.quantity, c.started_at, c.ended_at, ''::varchar)
"""
_LATE = """
INSERT INTO finance_lateusage (shard, owner_id, product_id, instance, cycle_start, cycle_end)
SELECT DISTINCT c.shard, c.owner_id, c.product_id, c.instance, c.cycle_start, c.cycle_end FROM usage_checked c
JOIN finance_billingshard s ON s.number = c.shard AND c.cycle_end <= s.billed_until
WHERE c.reason IS NULL ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not kept: its place in the batch, counted from 1, and why."""

    line: int
    reason: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a batch."""

    kept: int = 0
    known: int = 0
    refused: Sequence[Refusal] = field(default_factory=tuple)


@atomic
def take_usage(*, rows: Iterable[Row], now: datetime | None = None) -> Intake:
    """Every good record is kept, once; the others are answered with their reasons.

    What comes after its cycle was billed waits for the next run. Locks the shards concerned for sharing, so that no
    record falls between two runs.
    """
    _stage()
    with raw_cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
    return _take(now or timezone.now())


@atomic
def take_csv(*, piece: bytes, lines: int, now: datetime | None = None) -> Intake:
    """The same for so many lines of CSV whose columns are FIELDS, all of them, each a record of its own.

    Raises psycopg.DataError where a line has another form, or a quote runs over several: then nothing has happened.
    """
    _stage()
    empty = ", ".join(FIELDS)
    with raw_cursor() as cursor:
        with cursor.copy(f"{_COPY} (FORMAT csv, FORCE_NOT_NULL ({empty}))") as copy:
            copy.write(piece)
        if cursor.rowcount != lines:
            raise psycopg.DataError("a record runs over several lines")
    return _take(now or timezone.now())


def text_of(*, value: Any) -> str:
    """A value as the staging table takes it: neither text nor number is none, and PostgreSQL knows no NUL."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\x00", "\ufffd")


def unreadable(*, reason: str) -> Row:
    """A row that is refused for this reason, in its place among the others."""
    return ["", *[""] * (len(FIELDS) - 2), f"{_MARK}{reason}"]


def raw_cursor() -> "psycopg.Cursor[Any]":
    """The driver's own cursor on Django's connection, which knows COPY."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def _stage() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.usage_in, pg_temp.usage_checked")
        cursor.execute(_STAGE)


def _take(now: datetime) -> Intake:
    facts: dict[str, Any] = {
        "shards": SHARDS,
        "mark": _MARK,
        "latest": now + policy.USAGE_AHEAD,
        "oldest": now - policy.USAGE_LIFE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHECK, facts)
        cursor.execute("SELECT count(*) FILTER (WHERE reason IS NULL), count(DISTINCT shard) FROM usage_checked")
        good = cursor.fetchone()[0]
        cursor.execute(_MONTHS)
        months = [row[0] for row in cursor.fetchall()]
    ensure_months(months=months)
    _share_shards()
    kept = 0
    with connection.cursor() as cursor:
        for month in months:
            partition = partition_of(month=month)
            cursor.execute(_KEEP.format(partition=partition), [month])
            kept += cursor.rowcount
            if kept < good:
                cursor.execute(_REUSED.format(partition=partition))
        kept += take_corrections(months=months)
        cursor.execute(_LATE)
        cursor.execute("SELECT line, reason, source_id FROM usage_checked WHERE reason IS NOT NULL ORDER BY line")
        refused = [Refusal(line, reason, source[:100]) for line, reason, source in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM usage_checked")
        total: int = cursor.fetchone()[0]
    return Intake(kept=kept, known=total - kept - len(refused), refused=refused)


def _share_shards() -> None:
    """Whoever bills them waits, or has ended before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT shard FROM usage_checked WHERE reason IS NULL ORDER BY 1")
        shards = [row[0] for row in cursor.fetchall()]
        rows = [BillingShard(number=number, billed_until=BEGINNING) for number in shards]
        BillingShard.objects.bulk_create(rows, ignore_conflicts=True)
        cursor.execute("SELECT FROM finance_billingshard WHERE number = ANY(%s) ORDER BY number FOR SHARE", [shards])
