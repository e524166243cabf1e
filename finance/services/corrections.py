"""Corrections of usage: the right quantity of a record that came before, kept as the difference."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from finance.services.partitions import partition_of

_OPEN = """
SELECT line, source_id, corrects, owner_id, product_id, instance, quantity, cycle_start, cycle_end, shard
FROM usage_checked WHERE reason IS NULL AND corrects <> ''
    AND date_trunc('month', cycle_start AT TIME ZONE 'Asia/Shanghai')::date = %s ORDER BY line
"""
_SAME = "SELECT corrects, stated FROM {partition} WHERE source_id = %s"
_ORIGINAL = """
SELECT owner_id, product_id, instance, cycle_start, corrects FROM {partition} WHERE source_id = %s FOR UPDATE
"""
_SO_FAR = """
SELECT sum(quantity) FROM {partition} WHERE shard = %s AND cycle_end = %s AND (source_id = %s OR corrects = %s)
"""
_KEEP = """
INSERT INTO {partition} (source_id, corrects, stated, owner_id, product_id, instance, quantity, started_at, ended_at,
    cycle_start, cycle_end, shard)
SELECT source_id, corrects, quantity, owner_id, product_id, instance, quantity - %s, started_at, ended_at, cycle_start,
    cycle_end, shard
FROM usage_checked WHERE line = %s ON CONFLICT (source_id) DO NOTHING
"""


def take_corrections(*, months: Sequence[date]) -> int:
    """Each correction in `usage_checked` is kept as the difference to what counts so far, or has a reason against it.

    Few come, so they go one by one, in their order; each locks the record that it corrects. Answers how many were kept.
    """
    return sum(_of_month(month) for month in months)


def _of_month(month: date) -> int:
    partition, kept = partition_of(month=month), 0
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [month])
        for row in cursor.fetchall():
            reason = _reason(cursor, partition, row)
            if reason == "":
                kept += 1
            elif reason != "known":
                cursor.execute("UPDATE usage_checked SET reason = %s WHERE line = %s", [reason, row[0]])
    return kept


def _reason(cursor: Any, partition: str, row: Sequence[Any]) -> str:
    """Empty where it was kept, `known` where it was kept before."""
    line, source, corrects, owner, product, instance, quantity, start, end, shard = row
    cursor.execute(_ORIGINAL.format(partition=partition), [corrects])
    original = cursor.fetchone()
    if original is None:
        return "corrects_unknown"
    if tuple(original) != (owner, product, instance, start, ""):
        return "corrects_another"
    cursor.execute(_SAME.format(partition=partition), [source])
    if (same := cursor.fetchone()) is not None:
        return "known" if tuple(same) == (corrects, quantity) else "source_id_reused"
    cursor.execute(_SO_FAR.format(partition=partition), [shard, end, corrects, corrects])
    so_far: Decimal = cursor.fetchone()[0]
    cursor.execute(_KEEP.format(partition=partition), [so_far, line])
    return "" if cursor.rowcount else "source_id_reused"
