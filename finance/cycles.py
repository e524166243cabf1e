"""Billing cycles: round periods in Asia/Shanghai, weeks from Monday. `cycle_start`, `cycle_end` in SQL say the same."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE, HOUR, DAY, WEEK, MONTH = "minute", "hour", "day", "week", "month"
CYCLES = (MINUTE, HOUR, DAY, WEEK, MONTH)
LONGEST = timedelta(days=32)  # at least: partitions of usage that begin earlier than so long before cannot matter


def cycle_of(cycle: str, moment: datetime) -> tuple[datetime, datetime]:
    """The cycle that contains the moment: its start, and its end, which belongs to the next."""
    local = moment.astimezone(ZONE)
    if cycle == MINUTE:
        start = local.replace(second=0, microsecond=0)
        return start, start + timedelta(minutes=1)
    if cycle == HOUR:
        start = local.replace(minute=0, second=0, microsecond=0)
        return start, start + timedelta(hours=1)
    day = local.date()
    if cycle == DAY:
        return _midnight(day), _midnight(day + timedelta(days=1))
    if cycle == WEEK:
        monday = day - timedelta(days=day.weekday())
        return _midnight(monday), _midnight(monday + timedelta(days=7))
    if cycle == MONTH:
        first = month_of(moment)
        return _midnight(first), _midnight(next_month(first))
    raise ValueError(cycle)


def first_cycle_from(cycle: str, moment: datetime) -> datetime:
    """The start of the first cycle that begins at this moment or later: there a change of payer counts (A2.15)."""
    start, end = cycle_of(cycle, moment)
    return start if start == moment else end


def month_of(moment: datetime) -> date:
    """The first day of the month, here."""
    return moment.astimezone(ZONE).date().replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_start(first: date) -> datetime:
    """When the month begins."""
    return _midnight(first)


def day_start(day: date) -> datetime:
    """When the day begins, here."""
    return _midnight(day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZONE)
