"""Billing cycles: the same in Python and in the database."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from finance.cycles import CYCLES, ZONE, cycle_of, first_cycle_from, month_of, next_month


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("cycle", "start", "end"),
    [
        ("minute", "2026-11-15 13:45:00", "2026-11-15 13:46:00"),
        ("hour", "2026-11-15 13:00:00", "2026-11-15 14:00:00"),
        ("day", "2026-11-15 00:00:00", "2026-11-16 00:00:00"),
        ("week", "2026-11-09 00:00:00", "2026-11-16 00:00:00"),
        ("month", "2026-11-01 00:00:00", "2026-12-01 00:00:00"),
    ],
)
def test_the_cycle_that_contains_a_moment(cycle, start, end):
    assert cycle_of(cycle, at("2026-11-15 13:45:30")) == (at(start), at(end))
    assert first_cycle_from(cycle, at("2026-11-15 13:45:30")) == at(end)
    assert first_cycle_from(cycle, at(start)) == at(start)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(
    moment=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 12, 31)),  # noqa: DTZ001
    cycle=st.sampled_from(CYCLES),
)
def test_the_database_says_the_same(moment, cycle):
    aware = moment.replace(tzinfo=ZONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cycle_start(%s, %s), cycle_end(%s, %s)", [cycle, aware, cycle, aware])
        assert cursor.fetchone() == cycle_of(cycle, aware)


def test_months_follow_each_other():
    first = month_of(timezone.now())
    assert next_month(first) == (first + timedelta(days=31)).replace(day=1)
