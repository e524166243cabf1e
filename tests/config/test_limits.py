"""The rate limiter: exact in any window, whoever asks at the same time, and whatever becomes of the request."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from config import limits
from config.errors import TooMany
from config.models import RateLimit
from tests.racing import race

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def knock(after: float, *, limit: int = 3, seconds: int = 60, key: str = "10.0.0.1", name: str = "door") -> int:
    """0 when let in, else the seconds to wait."""
    try:
        limits.hit(name, key, limit=limit, seconds=seconds, now=NOON + timedelta(seconds=after))
    except TooMany as refusal:
        return int(refusal.facts["seconds"])
    return 0


@pytest.mark.django_db
def test_the_limit_and_not_one_more() -> None:
    assert [knock(0), knock(10), knock(20), knock(30)] == [0, 0, 0, 30]


@pytest.mark.django_db
def test_each_hit_leaves_the_window_by_itself() -> None:
    assert [knock(at) for at in (0, 10, 20, 59)] == [0, 0, 0, 1]
    assert [knock(60), knock(61), knock(70), knock(71)] == [0, 9, 0, 9]


@pytest.mark.django_db
def test_knocking_on_does_not_lengthen_the_wait() -> None:
    assert knock(0, limit=1) == 0
    assert [knock(at, limit=1) for at in range(1, 60)] == list(range(59, 0, -1))
    assert knock(60, limit=1) == 0


@pytest.mark.django_db
def test_no_burst_across_a_boundary() -> None:
    passed = [at for at in range(200) if knock(at, limit=5, seconds=50) == 0]
    assert all(sum(start <= at < start + 50 for at in passed) <= 5 for start in range(200))
    assert len(passed) == 20


@pytest.mark.django_db
def test_names_and_keys_are_apart() -> None:
    assert knock(0, limit=1) == 0
    assert knock(0, limit=1, key="10.0.0.2") == 0
    assert knock(0, limit=1, name="window") == 0
    assert knock(1, limit=1) == 59


@pytest.mark.django_db
def test_forgetting_starts_anew() -> None:
    assert [knock(0, limit=1), knock(1, limit=1)] == [0, 59]
    limits.forget("door", "10.0.0.1")
    assert knock(2, limit=1) == 0


@pytest.mark.django_db
def test_a_changed_limit_applies_at_once() -> None:
    assert [knock(at, limit=5) for at in range(5)] == [0] * 5
    assert knock(5, limit=2) > 0
    assert knock(6, limit=6) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "名" * 5000, "a\x00b", "💥", "13800000000"])
def test_any_key_will_do_and_none_is_kept(key: str) -> None:
    assert [knock(0, limit=1, key=key), knock(1, limit=1, key=key)] == [0, 59]
    assert key == "" or key not in RateLimit.objects.get().key


@pytest.mark.django_db
def test_no_more_hits_are_kept_than_the_limit() -> None:
    for at in range(0, 3000, 30):
        knock(at)
    assert len(RateLimit.objects.get().hits) == 3


@pytest.mark.django_db(transaction=True)
def test_it_is_one_statement() -> None:
    knock(0)
    with CaptureQueriesContext(connection) as queries:
        knock(1)
    assert [query["sql"].split()[0] for query in queries] == ["BEGIN", "INSERT", "COMMIT"]


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_refuses_to_count() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        knock(0)


@pytest.mark.django_db(transaction=True)
def test_of_200_hits_by_20_threads_50_pass() -> None:
    def act(_number: int) -> int:
        return sum(_let_in() for _ in range(10))

    results = race(20, act)
    assert sum(result for result in results if isinstance(result, int)) == 50
    assert not [result for result in results if isinstance(result, Exception)]


def _let_in() -> bool:
    try:
        limits.hit("race", "one", limit=50, seconds=3600)
    except TooMany:
        return False
    return True
