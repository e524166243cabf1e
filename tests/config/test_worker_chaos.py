"""Real workers under kill -9: every job acts exactly once, and a job that kills whoever tries it is parked.

CHAOS_SEED chooses another order of blows, CHAOS_STRIKES more of them.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.jobs import enqueue
from config.models import Job, WorkerBeat
from tests.config.chaos.tasks import TABLE
from tests.config.chaos.workers import Worker, storm, wait_until

SEED = int(os.environ.get("CHAOS_SEED", "20261121"))
STRIKES = int(os.environ.get("CHAOS_STRIKES", "7"))
JOBS_A_BLOW = 5
START_SECONDS_MAX = 90.0
SETTLE_SECONDS_MAX = 90.0


@pytest.fixture
def effects(transactional_db: None) -> Iterator[None]:
    """A table without any constraint, so that a doubled effect shows."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (job bigint, attempt int, pid int)")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


@pytest.fixture
def workers(effects: None, tmp_path: Path) -> Iterator[list[Worker]]:
    """Two of them, at work."""
    hired: list[Worker] = []
    try:
        hired += [hire(tmp_path), hire(tmp_path)]
        assert wait_until(lambda: beats() == 2, START_SECONDS_MAX), log_of(tmp_path)
        yield hired
    finally:
        for worker in hired:
            worker.destroy()


def hire(place: Path) -> Worker:
    return Worker(str(connection.settings_dict["NAME"]), place)


def beats() -> int:
    return WorkerBeat.objects.filter(seen_at__isnull=False).count()


def log_of(place: Path) -> str:
    return (place / "worker.log").read_text()[-4000:]


def effects_by_job() -> Counter[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT job FROM {TABLE}")
        return Counter(pk for (pk,) in cursor.fetchall())


def ask_for_work(number: int) -> None:
    """Some jobs that count, one to the outside, and one whose asker thought better of it."""
    for turn in range(JOBS_A_BLOW - 1):
        enqueue("chaos.mark", key=f"{number}-{turn}", seconds=0.2 + turn * 0.3)
    enqueue("chaos.call", key=f"{number}", seconds=0.5)
    with transaction.atomic():
        enqueue("chaos.mark", key=f"{number}-regretted", seconds=0)
        transaction.set_rollback(True)


def open_jobs() -> int:
    return Job.objects.filter(kind__startswith="chaos.", state__in=Job.OPEN).count()


@pytest.mark.chaos
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs sessions and signals of POSIX")
def test_every_job_acts_once_whatever_is_killed(workers: list[Worker], tmp_path: Path) -> None:
    began = time.monotonic()
    poison = enqueue("chaos.poison")
    struck = []
    for number, (role, which, calm) in enumerate(storm(SEED, strikes=STRIKES)):
        ask_for_work(number)
        threading.Event().wait(calm)
        if (hit := strike(workers, role, which)) is None:
            continue
        struck.append(role)
        if role == "supervisor":
            workers.append(workers[hit])  # to be looked at, and destroyed if need be, at the end
            workers[hit] = hire(tmp_path)  # as systemd would
    assert wait_until(lambda: open_jobs() == 0, SETTLE_SECONDS_MAX), log_of(tmp_path)

    marks = Job.objects.filter(kind="chaos.mark")
    assert effects_by_job() == dict.fromkeys(marks.values_list("pk", flat=True), 1)
    assert marks.filter(state=Job.State.DONE).count() == STRIKES * (JOBS_A_BLOW - 1)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert set(calls) == {f"{job.pk} {job.reference}" for job in Job.objects.filter(kind="chaos.call")}
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == (Job.State.PARKED, 5)
    assert len(struck) >= STRIKES - 2
    print(f"seed {SEED}: {struck}, {len(calls)} calls for {STRIKES}, {time.monotonic() - began:.0f} s")
    stop_cleanly(workers, tmp_path)


def strike(workers: list[Worker], role: str, which: int) -> int | None:
    """Kills that process of that worker, or of the other where it has none just now; says whose it was."""
    killed: list[int] = []

    def try_both() -> bool:
        for number in (which, 1 - which):
            if not killed and workers[number].kill(role):
                killed.append(number)
        return bool(killed)

    return killed[0] if wait_until(try_both, 5) else None


def stop_cleanly(workers: list[Worker], place: Path) -> None:
    """A running job ends, nothing stays behind, and nobody believes that a worker is there."""
    names = [f"-{worker.process.pid}" for worker in workers[:2]]
    healed = timezone.now() + timedelta(seconds=2)  # the last blow's damage, if any, has been noticed by then
    assert wait_until(lambda: all(seen_since(name, healed) for name in names), START_SECONDS_MAX), log_of(place)
    for sign in place.glob("busy-*"):
        sign.unlink()  # of those who were killed at work
    last = [enqueue("chaos.mark", seconds=1).pk for _turn in range(16)]
    assert wait_until(lambda: any(place.glob("busy-*")), 10), log_of(place)
    for worker, number in zip(workers, (signal.SIGTERM, signal.SIGINT), strict=False):
        worker.find("guard")
        worker.process.send_signal(number)
    assert [worker.process.wait(30) for worker in workers[:2]] == [0, 0], log_of(place)

    assert wait_until(lambda: not [pid for worker in workers for pid in worker.left_over()], 15)
    begun = Job.objects.filter(pk__in=last, attempts__gt=0)
    assert 0 < begun.count() < 16  # those that were waiting wait on
    assert set(begun.values_list("state", flat=True)) == {Job.State.DONE}
    assert not any(WorkerBeat.objects.filter(name__endswith=name).exists() for name in names)


def seen_since(name: str, moment: datetime) -> bool:
    return WorkerBeat.objects.filter(name__endswith=name, seen_at__gt=moment).exists()
