"""What a month that is under way will come to. Pure."""

from datetime import datetime, timedelta
from decimal import Decimal

from finance import policy
from finance.cycles import month_of, month_start, next_month
from finance.money import FEN, ZERO

DAY = timedelta(days=1)


def window_start(at: datetime) -> datetime:
    """From when on what was billed tells the pace; not from an earlier month."""
    return max(month_start(month_of(at)), at - policy.FORECAST_WINDOW_DAYS * DAY)


def still_to_come(lately: Decimal, at: datetime) -> Decimal:
    """What the rest of the month will cost if it goes on as since `window_start`, in yuan.

    At least a day is averaged over, lest one early bill be taken for the habit of an hour.
    """
    days = max(Decimal(1), Decimal((at - window_start(at)) / DAY))
    left = Decimal((month_start(next_month(month_of(at))) - at) / DAY)
    return max(ZERO, (lately / days * left).quantize(FEN))
