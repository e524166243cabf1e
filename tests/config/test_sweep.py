"""The sweep, periodic work, signs of life, tidying: what keeps jobs moving when everything else fails."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from config import tasks
from config.jobs import enqueue, job, policy, run_due, worker_seen
from config.jobs.beats import Pulse, beat
from config.jobs.cluster import TwoQueues
from config.jobs.outbox import nudge
from config.jobs.runner import run
from config.jobs.sweep import period_start, sweep
from config.models import IdempotentAnswer, Job, RateLimit, WorkerBeat
from tests.racing import race

pytestmark = pytest.mark.usefixtures("kinds")
NOON = datetime(2026, 11, 21, 4, 0, 30, tzinfo=UTC)  # twelve o'clock in Shanghai


def do_nothing(_row: Job) -> None:
    """Done."""


def fail(_row: Job) -> None:
    raise ValueError("no")


def keys() -> list[str]:
    return sorted(str(key) for key in Job.objects.values_list("key", flat=True))


def forget_nudges() -> None:
    OrmQ.objects.all().delete()


# Nudges


@pytest.mark.django_db
def test_a_job_whose_nudge_was_lost_is_nudged_again() -> None:
    job("a")(do_nothing)
    row = enqueue("a")
    forget_nudges()
    assert sweep(row.run_after + timedelta(seconds=20)) == 0  # its first nudge may be on its way still
    assert sweep(row.run_after + timedelta(seconds=60)) == 1
    assert sweep(row.run_after + timedelta(seconds=70)) == 0
    assert sweep(row.run_after + timedelta(seconds=120)) == 1
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db
def test_what_failed_or_died_is_nudged_when_it_is_due_again() -> None:
    job("a")(fail)
    row = enqueue("a")
    run(row.pk, row.run_after)
    forget_nudges()
    assert sweep(row.run_after + timedelta(seconds=29)) == 0
    assert sweep(row.run_after + timedelta(seconds=31)) == 1


@pytest.mark.django_db
def test_a_job_for_later_is_nudged_when_its_time_has_come() -> None:
    job("a")(do_nothing)
    later = timezone.now() + timedelta(hours=1)
    enqueue("a", run_after=later)
    assert sweep(later - timedelta(seconds=1)) == 0
    assert sweep(later) == 1


@pytest.mark.django_db
def test_done_and_parked_jobs_are_left_alone() -> None:
    Job.objects.create(kind="a", state="done", done_at=NOON, run_after=NOON)
    Job.objects.create(kind="a", state="parked", run_after=NOON)
    assert sweep(NOON + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_a_long_queue_gets_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "QUEUE_LENGTH_MAX", 3)
    for _number in range(9):
        Job.objects.create(kind="a", run_after=NOON)
    assert [sweep(NOON), sweep(NOON)] == [3, 0]


@pytest.mark.django_db(transaction=True)
def test_of_many_sweeps_at_once_each_nudge_is_made_by_one() -> None:
    for _number in range(30):
        Job.objects.create(kind="a", run_after=NOON)
    counts = race(4, lambda _number: sweep(NOON))
    assert sum(count for count in counts if isinstance(count, int)) == 30
    assert OrmQ.objects.count() == 30


# Periodic work


@pytest.mark.django_db
def test_periodic_work_is_queued_once_for_each_period() -> None:
    job("a", every=timedelta(minutes=5))(do_nothing)
    for seconds in (0, 20, 200):
        sweep(NOON + timedelta(seconds=seconds))
    assert [row.key for row in Job.objects.all()] == ["period:2026-11-21T12:00:00"]
    run_due()
    sweep(NOON + timedelta(seconds=200))
    assert Job.objects.count() == 1
    sweep(NOON + timedelta(minutes=5))
    assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_across_any_number_of_workers() -> None:
    job("a", every=timedelta(minutes=5))(do_nothing)
    race(6, lambda _number: sweep(NOON))
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_periodic_work_does_not_pile_up_behind_a_dead_worker() -> None:
    job("a", every=timedelta(minutes=1))(do_nothing)
    for minute in range(30):
        sweep(NOON + timedelta(minutes=minute))
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_failed_period_does_not_hold_up_the_next() -> None:
    job("a", every=timedelta(minutes=1))(fail)
    for minute in range(3):
        sweep(NOON + timedelta(minutes=minute))
        run_due()
    assert Job.objects.count() == 3


@pytest.mark.parametrize(
    ("every", "start"),
    [
        (timedelta(minutes=1), "2026-11-21T12:00:00"),
        (timedelta(hours=1), "2026-11-21T12:00:00"),
        (timedelta(days=1), "2026-11-21T00:00:00"),
        (timedelta(seconds=7), "2026-11-21T12:00:25"),
    ],
)
def test_a_period_begins_by_the_local_clock(every: timedelta, start: str) -> None:
    assert period_start(every, NOON).isoformat() == start


# Signs of life


@pytest.mark.django_db
def test_a_cluster_that_takes_does_and_clears_its_beats_is_alive() -> None:
    pulse = Pulse("w1")
    pulse.begin()
    assert not worker_seen()
    for minute in range(10):
        assert not pulse.is_deaf(minute * 60.0)
        assert OrmQ.objects.filter(key=pulse.queue).count() == 1
        beat("w1")
        OrmQ.objects.filter(key=pulse.queue).delete()
        assert not pulse.is_deaf(minute * 60.0 + 5)
        assert not pulse.is_deaf(minute * 60.0 + 59)
        assert not OrmQ.objects.exists()
    assert worker_seen()
    pulse.end()
    assert not worker_seen()


@pytest.mark.django_db
def test_one_that_leaves_a_beat_lying_for_three_minutes_is_deaf() -> None:
    pulse = Pulse("w1")
    pulse.begin()
    assert not pulse.is_deaf(0.0)
    beat("w1")  # done, but not cleared away: its monitor is dead
    assert not pulse.is_deaf(180.0)
    assert pulse.is_deaf(180.5)
    pulse.begin(restarts=1)
    assert not pulse.is_deaf(181.0)
    assert not pulse.is_deaf(300.0)
    assert WorkerBeat.objects.get().restarts == 1


@pytest.mark.django_db
def test_workers_at_long_work_are_silent_but_not_deaf(kinds: None) -> None:
    job("long", outside=True, within=timedelta(hours=1))(lambda _row: None)
    pulse, row = Pulse("w1"), enqueue("long")
    pulse.begin()
    pulse.is_deaf(0.0)
    Job.objects.update(state=Job.State.SENDING, run_after=timezone.now() + timedelta(minutes=1))
    assert not pulse.is_deaf(1000.0)
    Job.objects.filter(pk=row.pk).update(run_after=timezone.now())  # it did not say so any more: it is dead, too
    assert pulse.is_deaf(1001.0)


@pytest.mark.django_db
def test_an_absent_database_is_not_the_clusters_fault() -> None:
    pulse = Pulse("w1")
    pulse.begin()
    pulse.is_deaf(0.0)
    pulse.lose_sight()
    assert not pulse.is_deaf(1000.0)
    assert not pulse.is_deaf(1100.0)


@pytest.mark.django_db
def test_a_worker_not_seen_for_three_minutes_is_not_seen() -> None:
    WorkerBeat.objects.create(name="w1", seen_at=NOON)
    assert worker_seen(now=NOON + timedelta(seconds=179))
    assert not worker_seen(now=NOON + timedelta(seconds=181))


@pytest.mark.django_db
def test_a_cluster_takes_its_own_beats_first_and_never_anothers() -> None:
    mine, other = Pulse("w1"), Pulse("w2")
    nudge(1, "x")
    for pulse in (other, mine):
        pulse.is_deaf(0.0)
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))
    broker = TwoQueues("w1")
    taken = [broker.dequeue()[0][0] for _turn in range(2)]
    keys = [OrmQ.objects.get(pk=pk).key for pk in taken]
    assert keys == ["beat:w1", "tongzhang"]
    for pk in taken:
        broker.acknowledge(pk)
    assert [row.key for row in OrmQ.objects.all()] == ["beat:w2"]


# Tidying and running by hand


@pytest.mark.django_db
def test_nothing_that_has_served_its_time_stays() -> None:
    now = timezone.now()
    old, older = now - timedelta(days=3), now - timedelta(days=40)
    for done_at, key in ((old, "k1"), (older, "k2"), (old, "period:1"), (now, "period:2")):
        Job.objects.create(kind="a", state="done", done_at=done_at, key=key)
    Job.objects.create(kind="a", state="parked", created_at=older, key="k3")
    for name, seen_at in (("dead", older), ("alive", now)):
        WorkerBeat.objects.create(name=name, started_at=older, seen_at=seen_at)
    WorkerBeat.objects.create(name="never seen", started_at=older)
    WorkerBeat.objects.create(name="just begun")
    for key, expires_at in (("a", old), ("b", now + timedelta(hours=1))):
        RateLimit.objects.create(name="n", key=key, hits=[old], expires_at=expires_at)
    for key, created_at in (("a", older), ("b", old)):
        IdempotentAnswer.objects.create(scope="s", key=key, digest="d", status=200, created_at=created_at)
    OrmQ.objects.create(key="beat:dead", lock=old)
    OrmQ.objects.create(key="tongzhang", lock=old)

    tasks.tidy(Job())

    assert keys() == ["k1", "k3", "period:2"]
    assert sorted(WorkerBeat.objects.values_list("name", flat=True)) == ["alive", "just begun"]
    assert RateLimit.objects.get().key == "b"
    assert IdempotentAnswer.objects.get().key == "b"
    assert OrmQ.objects.get().key == "tongzhang"


@pytest.mark.django_db
def test_of_periodic_work_that_always_fails_one_parked_row_stays() -> None:
    job("a", every=timedelta(minutes=1))(fail)
    for key in ("period:1", "period:2", "period:3", "other"):
        Job.objects.create(kind="a", key=key, state="parked")
    tasks.tidy(Job())
    assert keys() == ["other", "period:3"]


@pytest.mark.django_db
def test_worker_once_does_what_is_due_and_ends() -> None:
    job("a")(do_nothing)
    job("b", every=timedelta(hours=1))(do_nothing)
    enqueue("a")
    out = StringIO()
    call_command("worker", once=True, stdout=out)
    assert "2" in out.getvalue()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
