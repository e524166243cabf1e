"""Months as the books write them: 202603 is March 2026. Pure."""

from datetime import date


def month_of(day: date) -> int:
    """The month in which the day lies."""
    return day.year * 100 + day.month


def following(month: int, count: int = 1) -> int:
    """The month so many months later; earlier, if the count is negative."""
    place = month // 100 * 12 + month % 100 - 1 + count
    return place // 12 * 100 + place % 12 + 1


def first_day(month: int) -> date:
    """Its first day."""
    return date(month // 100, month % 100, 1)


def last_day(month: int) -> date:
    """Its last day."""
    return date.fromordinal(first_day(following(month)).toordinal() - 1)


def year_of(month: int) -> int:
    """Its year."""
    return month // 100


def starts_year(month: int) -> bool:
    """January, with which the sums of a year begin again."""
    return month % 100 == 1


def worded(month: int) -> str:
    """As people read it: `2026-03`."""
    return f"{month // 100}-{month % 100:02d}"
