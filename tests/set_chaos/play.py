"""Workers that are killed with SIGKILL in the middle of what they do, while the world goes on asking for more."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from typing import Any, Final

from django.db import connections
from django.utils import timezone

from config.jobs import policy
from config.jobs.runner import run
from config.models import Job
from kiscloud import tasks
from kiscloud.services import backups, expiry, restores, set_deletion
from tests.set_chaos.world import World

KINDS: Final = (backups.JOB, backups.TRY_JOB, restores.JOB, set_deletion.JOB, expiry.PURGE_JOB)
WORKERS: Final = 2
ACTS: Final = 3  # between two kills: always more to do than is done
SOON: Final = timedelta(seconds=1)
_fork = get_context("fork")


def due(*, later: timedelta = timedelta(0)) -> list[int]:
    """The jobs that a worker would take now."""
    rows = Job.objects.filter(kind__in=KINDS, state__in=Job.OPEN, run_after__lte=timezone.now() + later)
    return list(rows.values_list("pk", flat=True))


class Worker:
    """A process that does what is due, one job after the other, until somebody kills it."""

    def __init__(self, seed: int) -> None:
        self._at = _fork.Value("i", 0)
        connections.close_all()  # none may be shared with a fork
        self._process = _fork.Process(target=self._work, args=(seed,), daemon=True)
        self._process.start()

    def _work(self, seed: int) -> None:
        chance = random.Random(seed)
        while True:
            found = due()
            if not found:
                threading.Event().wait(0.02)
                continue
            kinds = dict(Job.objects.filter(pk__in=found).values_list("pk", "kind"))
            kind = chance.choice(sorted(set(kinds.values())))  # each as often, however many wait of one
            pk = chance.choice([pk for pk in found if kinds.get(pk) == kind])
            self._at.value = KINDS.index(kind) + 1
            run(pk)
            self._at.value = 0

    def kill(self) -> str:
        """It is dead; answers at what it was, if it was at work."""
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.join()
        return KINDS[self._at.value - 1] if self._at.value else "waiting"

    def works(self) -> bool:
        """Whether it is at a job."""
        return bool(self._at.value)


@dataclass
class Tally:
    """What was done to whom."""

    kills: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    parked: int = 0


@contextmanager
def haste() -> Iterator[None]:
    """What takes minutes in real life takes seconds here."""
    wanted = {"BACKOFF": (SOON,) * 4, "OUTSIDE_LEASE": 3 * SOON, "RENEW_EVERY": SOON}
    usual: dict[str, Any] = {name: getattr(policy, name) for name in wanted}
    for name, value in wanted.items():
        setattr(policy, name, value)
    try:
        yield
    finally:
        for name, value in usual.items():
            setattr(policy, name, value)


def play(world: World, *, kills: int, seed: int, tell: Callable[[str], None] = lambda _line: None) -> Tally:
    """So many kills, each of a worker at its work; then everything that was asked for is brought to its end."""
    chance, tally = random.Random(seed), Tally()
    with haste():
        workers = [Worker(seed + number) for number in range(WORKERS)]
        try:
            while (killed := sum(tally.kills.values())) < kills:
                for _turn in range(ACTS):
                    world.act(chance)
                threading.Event().wait(chance.uniform(0, 0.4))
                place = _at_work(workers, chance)
                tally.kills[workers[place].kill()] += 1
                workers[place] = Worker(seed + killed + WORKERS)
                if killed % 10 == 9:
                    tell(f"{killed + 1} of {kills} kills: {dict(tally.kills)}")
        finally:
            for worker in workers:
                worker.kill()
        world.end_all()
        settle()
    jobs = Job.objects.filter(kind__in=KINDS)
    tally.attempts, tally.parked = sum(jobs.values_list("attempts", flat=True)), jobs.filter(state="parked").count()
    return tally


def _at_work(workers: list[Worker], chance: random.Random, patience: float = 2.0) -> int:
    """The place of a worker that is at a job, or of any if none is for so long."""
    for _turn in range(int(patience / 0.01)):
        busy = [place for place, worker in enumerate(workers) if worker.works()]
        if busy:
            return chance.choice(busy)
        threading.Event().wait(0.01)
    return chance.randrange(len(workers))


def settle() -> None:
    """What workers, sweeps and staff do when nobody is killed any more, the waits between left out."""
    for turn in range(1, 20):
        later = turn * timedelta(hours=2)
        expiry.start_purges(now=timezone.now() + later)
        for pk in due(later=later):
            run(pk, timezone.now() + later)
        tasks.abandoned_sets(Job())
        for job in Job.objects.filter(kind=set_deletion.JOB, state=Job.State.PARKED):
            set_deletion.purge_set(set_id=job.payload["set"])  # as staff have it tried again
        if not due(later=timedelta(days=9)):
            break
        threading.Event().wait(0.5)  # the database may still be busy with what a killed worker had asked for
    backups.remove_old()
    backups.remove_files()
