"""Taking usage in: batches of records, checked and kept by the database as a whole, once each.

Every way in (the API, files) fills one staging table; from there on SQL decides row by row. A record is known by its
number at the source: the same again is no harm, the number with other content is refused. A correction states the right
quantity of an earlier record; what is kept is the difference, so that sums are always right.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from config.transactions import atomic
from finance import policy
from finance.cycles import month_of, month_start, next_month
from finance.models import BillingShard
from finance.models.usage import SHARDS
from finance.services.billing import BEGINNING
from finance.services.corrections import take_corrections
from finance.services.partitions import ensure_months, partition_of
from finance.services.staging import FIELDS, Row, stage_csv, stage_rows

_MARK = "\x1f"  # a sign that no number has
_UNKNOWN_SIGNS = re.compile(r"[\x00\ud800-\udfff]")
# Each row has its first reason against it, or none.
_CHECK = """
CREATE TEMP TABLE usage_checked ON COMMIT DROP AS
WITH sold AS MATERIALIZED (
    SELECT id AS product_id, code, cycle, ('1 ' || cycle)::interval AS step,
        pay_mode = 'postpaid' AS is_metered -- off sale, too: what runs goes on
    FROM finance_product
), found AS (
    SELECT r.*, a.id AS owner_id, p.*, cycle_start(cycle, started_at) AS cycle_start
    FROM usage_read r LEFT JOIN accounts_account a ON a.number = r.account LEFT JOIN sold p ON p.code = r.product
    OFFSET 0 -- so that each of these is worked out once
)
SELECT line, source_id, corrects, owner_id, product_id, instance, quantity, started_at, ended_at,
    cycle_start, date_add(cycle_start, step, 'Asia/Shanghai') AS cycle_end, (owner_id %% %(shards)s)::smallint AS shard,
    CASE
        WHEN source_id = '' AND corrects LIKE %(mark)s || '%%' THEN substr(corrects, 2, 40)
        WHEN source_id = '' OR length(source_id) > 100 THEN 'source_id'
        WHEN owner_id IS NULL THEN 'unknown_account'
        WHEN product_id IS NULL THEN 'unknown_product'
        WHEN NOT is_metered THEN 'product_not_metered'
        WHEN instance = '' OR length(instance) > 100 THEN 'instance'
        WHEN quantity IS NULL THEN 'quantity'
        WHEN started_at IS NULL OR ended_at IS NULL THEN 'time'
        WHEN ended_at < started_at THEN 'ends_before_it_begins'
        WHEN ended_at > %(latest)s THEN 'in_the_future'
        WHEN started_at < %(oldest)s THEN 'too_old'
        WHEN length(corrects) > 100 OR corrects = source_id THEN 'corrects'
    END AS reason
FROM found
"""
_PLACES = """
SELECT shard, min(cycle_start), max(cycle_start), min(cycle_end), count(*) FILTER (WHERE corrects <> '')
FROM usage_checked WHERE reason IS NULL GROUP BY shard
"""
_MONTHS = """
SELECT DISTINCT date_trunc('month', cycle_start AT TIME ZONE 'Asia/Shanghai')::date FROM usage_checked
WHERE reason IS NULL ORDER BY 1
"""
# In the order of numbers, so that two batches with the same ones do not wait for each other in a circle. Tried without
# the conflict clause first, which costs as much as both indexes.
_KEEP = """
INSERT INTO {partition} (source_id, owner_id, product_id, instance, quantity, started_at, ended_at, cycle_start,
    cycle_end, shard)
SELECT source_id, owner_id, product_id, instance, quantity, started_at, ended_at, cycle_start, cycle_end, shard
FROM usage_checked WHERE reason IS NULL AND corrects = '' AND cycle_start >= %s AND cycle_start < %s
ORDER BY source_id, line
"""
_KEEP_NEW = f"{_KEEP} ON CONFLICT (source_id) DO NOTHING"
_REUSED = """
UPDATE usage_checked c SET reason = 'source_id_reused' FROM {partition} u
WHERE u.source_id = c.source_id AND c.reason IS NULL AND c.corrects = ''
    AND (u.owner_id, u.product_id, u.instance, u.quantity, u.started_at, u.ended_at, u.corrects)
        IS DISTINCT FROM (c.owner_id, c.product_id, c.instance, c.quantity, c.started_at, c.ended_at, ''::varchar)
"""
_SHARE = """
SELECT number, billed_until FROM finance_billingshard WHERE number = ANY(%s) ORDER BY number FOR SHARE
"""
_LATE = """
INSERT INTO finance_lateusage (shard, owner_id, product_id, instance, cycle_start, cycle_end)
SELECT DISTINCT c.shard, c.owner_id, c.product_id, c.instance, c.cycle_start, c.cycle_end FROM usage_checked c
JOIN finance_billingshard s ON s.number = c.shard AND c.cycle_end <= s.billed_until
WHERE c.reason IS NULL ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where good rows belong: from which cycle to which, when the first of them ends, how many are corrections."""

    shard: int
    first: datetime
    last: datetime
    first_end: datetime
    corrections: int


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
    stage_rows(rows=rows)
    return _take(now or timezone.now())


@atomic
def take_csv(*, piece: bytes, lines: int, now: datetime | None = None) -> Intake:
    """The same for so many lines of CSV whose columns are FIELDS, all of them, each a record of its own.

    Raises psycopg.DataError where a line has another form, or a quote runs over several: then nothing has happened.
    """
    stage_csv(piece=piece, lines=lines)
    return _take(now or timezone.now())


def text_of(*, value: Any) -> str:
    """A value as the staging table takes it: neither text nor number is none, and PostgreSQL knows no NUL nor a half
    of a character."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _UNKNOWN_SIGNS.sub("\ufffd", str(value))


def unreadable(*, reason: str) -> Row:
    """A row that is refused for this reason, in its place among the others."""
    return ["", *[""] * (len(FIELDS) - 2), f"{_MARK}{reason}"]


def _take(now: datetime) -> Intake:
    """What is staged is checked and kept."""
    latest, oldest = now + policy.USAGE_AHEAD, now - policy.USAGE_LIFE
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '32MB'; SET LOCAL jit = off")
        cursor.execute(_CHECK, {"shards": SHARDS, "mark": _MARK, "latest": latest, "oldest": oldest})
        total = cursor.rowcount
        cursor.execute(_PLACES)
        places = [_Place(*row) for row in cursor.fetchall()]
    months = _months(places)
    ensure_months(months=months)
    billed_until = _share_shards(place.shard for place in places)
    kept = sum(_keep(month) for month in months)
    if any(place.corrections for place in places):
        kept += take_corrections(months=months)
    if any(place.first_end <= billed_until[place.shard] for place in places):
        with connection.cursor() as cursor:
            cursor.execute(_LATE)
    refused = _refused() if kept < total else []
    return Intake(kept=kept, known=total - kept - len(refused), refused=refused)


def _share_shards(numbers: Iterable[int]) -> dict[int, datetime]:
    """Whoever bills them waits, or has ended before; answers how far each is billed."""
    shards = sorted(numbers)
    rows = [BillingShard(number=number, billed_until=BEGINNING) for number in shards]
    BillingShard.objects.bulk_create(rows, ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, [shards])
        return dict(cursor.fetchall())


def _months(places: Sequence[_Place]) -> list[date]:
    """Most batches are of one month; only others are looked at again."""
    first = {month_of(place.first) for place in places}
    if len(first | {month_of(place.last) for place in places}) < 2:
        return list(first)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS)
        return [row[0] for row in cursor.fetchall()]


def _keep(month: date) -> int:
    """New records of the month are in its table; those whose number was used already have a reason if they differ."""
    partition, bounds = partition_of(month=month), [month_start(month), month_start(next_month(month))]
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(_KEEP.format(partition=partition), bounds)
            kept: int = cursor.rowcount
        except IntegrityError:
            cursor.execute(_KEEP_NEW.format(partition=partition), bounds)
            kept = cursor.rowcount
            cursor.execute(_REUSED.format(partition=partition))
    return kept


def _refused() -> list[Refusal]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT line, reason, source_id FROM usage_checked WHERE reason IS NOT NULL ORDER BY line")
        return [Refusal(line, reason, source[:100]) for line, reason, source in cursor.fetchall()]
