"""A table for each month of usage, attached to the whole without anybody waiting for long."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from accounts.locks import lock_name
from config.transactions import atomic
from finance.cycles import month_of, month_start, next_month

AHEAD = 2  # months that are made before they begin


def partition_of(*, month: date) -> str:
    """The name of the month's table."""
    return f"finance_usage_{month:%Y%m}"


@atomic
def ensure_months(*, months: Iterable[date]) -> None:
    """Each of these months (their first days) has its table with its indexes. Locks by name what is missing."""
    for month in sorted(set(months)):
        if not _is_there(month):
            lock_name(f"usage:{month:%Y%m}")
            if not _is_there(month):
                _make(month)


def ensure_coming_months(*, now: datetime | None = None) -> None:
    """This month and the next ones have theirs."""
    months = [month_of(now or timezone.now())]
    for _step in range(AHEAD):
        months.append(next_month(months[-1]))
    ensure_months(months=months)


def _is_there(month: date) -> bool:
    """Attached, not only made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_inherits WHERE inhrelid = to_regclass(%s)", [partition_of(month=month)])
        return cursor.fetchone() is not None


def _make(month: date) -> None:
    """Made apart and then attached: attaching, unlike making a partition, lets others read and write meanwhile.

    One number comes once a month; `shard, cycle_end` is how billing and corrections find their rows.
    """
    name = partition_of(month=month)
    bounds = [month_start(month), month_start(next_month(month))]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE finance_usage INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(f"ALTER TABLE finance_usage ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)", bounds)
        cursor.execute(f"CREATE UNIQUE INDEX {name}_source ON {name} (source_id)")
        cursor.execute(f"CREATE INDEX {name}_cycle ON {name} (shard, cycle_end)")
