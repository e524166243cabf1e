"""Both readers of usage agree: the fast one for plain lines, and the one that looks at every text."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from finance.cycles import CYCLES, ZONE, cycle_of
from finance.models import Usage
from finance.services.metering import take_csv
from finance.services.staging import FIELDS, stage_csv, stage_rows
from tests.finance.bills import make_product
from tests.finance.test_metering import NOON, NOW, only, row, take

pytestmark = pytest.mark.django_db

numbers = st.from_regex(r"\A[0-9]{1,15}(\.[0-9]{1,8})?\Z").filter(str.isascii)
moments = st.builds(
    lambda at, form, zone: at.strftime(form) + zone,
    st.datetimes(NOON.replace(tzinfo=None) - timedelta(days=400), NOON.replace(tzinfo=None)),
    st.sampled_from(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"]),
    st.sampled_from(["Z", "+08", "-0330", "+05:45"]),
)
texts = st.text(st.characters(exclude_characters=',"\\', exclude_categories=["C"]), min_size=1, max_size=25)


def staged() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT line, {', '.join(FIELDS)} FROM usage_read ORDER BY line")
        return list(cursor.fetchall())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts, texts, numbers, moments, moments, st.just("") | texts), min_size=1))
def test_plain_lines_are_the_same_values_either_way(rows):
    body = "".join(f"{','.join(one)}\n" for one in rows).encode()
    with transaction.atomic():
        stage_csv(piece=body, lines=len(rows))
        plain = staged()
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('pg_temp.usage_in')")
            assert cursor.fetchone() == (None,)
        stage_rows(rows=rows)
        assert staged() == plain
    assert [one[0] for one in plain] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    "moment",
    [
        "Jan-08-2026 12:10:00+08",
        "2026-03-10T12:10:00 PM+08:00",
        "20260310T121000+0800",
        "2026-3-10T12:10:00+08:00",
        "2026-03-10T1２:10:00+08:00",
        "2026-03-10T12:10:00.1234567+08:00",
        "2026-03-10T12:10:00 Asia/Shanghai",
        " 2026-03-10T12:10:00+08:00",
    ],
)
def test_what_the_database_could_guess_is_no_moment(manager, moment):
    make_product(code="cpu")
    assert only(take(row(manager, started_at=moment))) == "time"
    line = f"{','.join(row(manager, started_at=moment))}\n"
    assert only(take_csv(piece=line.encode(), lines=1, now=NOW)) == "time"


@pytest.mark.parametrize("cycle", CYCLES)
@pytest.mark.parametrize("at", ["2026-02-28T23:59:59+08:00", "2026-03-01T00:00:00+08:00", "2026-02-28T16:00:00Z"])
def test_each_record_has_the_cycle_of_its_product(manager, cycle, at):
    make_product(code="cpu", cycle=cycle)
    assert take(row(manager, started_at=at, ended_at=at)).kept == 1
    kept = Usage.objects.get()
    assert (kept.cycle_start, kept.cycle_end) == cycle_of(cycle, kept.started_at.astimezone(ZONE))


def test_new_records_are_kept_beside_known_ones_and_reused_numbers(manager):
    make_product(code="cpu")
    take(row(manager, "s1"), row(manager, "s2"))
    taken = take(row(manager, "s1"), row(manager, "s2", quantity="9"), row(manager, "s3"), row(manager, "s3"))
    assert (taken.kept, taken.known, [one.line for one in taken.refused]) == (1, 2, [2])
    assert sorted(Usage.objects.values_list("source_id", flat=True)) == ["s1", "s2", "s3"]
