"""Times that are paid for by the month: calendar months here, and the rest of them by the day."""

import calendar
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from finance.cycles import ZONE
from finance.money import EIGHT

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def add_months(moment: datetime, months: int) -> datetime:
    """The same clock time so many months later; the 31st becomes the last day of a shorter month."""
    local = moment.astimezone(ZONE)
    return datetime.combine(_shifted(local.date(), months), local.time(), tzinfo=ZONE)


def months_between(start: datetime, end: datetime) -> Decimal:
    """How many months lie between, the last part of one by days; zero where the end is not later."""
    if end <= start:
        return Decimal(0)
    whole = 0
    while add_months(start, whole + 1) <= end:
        whole += 1
    begun, over = add_months(start, whole), add_months(start, whole + 1)
    part = Decimal((end - begun) // TICK) / Decimal((over - begun) // TICK)
    return (whole + part).quantize(EIGHT, ROUND_HALF_UP)


def days_left(now: datetime, end: datetime) -> int:
    """Whole days until the end: the day that has begun is used up."""
    return max(0, (end - now) // DAY)


def begun_days_left(now: datetime, end: datetime) -> int:
    """Days until the end, the one that has begun among them."""
    return max(0, -((now - end) // DAY))


def _shifted(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
