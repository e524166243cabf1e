"""Real workers, and ways to kill each of their processes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from config.env import BASE_DIR

# Everything that takes minutes in real life takes seconds here.
HASTE = {
    "JOBS_BACKOFF_SECONDS": "1",
    "JOBS_OUTSIDE_LEASE_SECONDS": "2",
    "JOBS_SWEEP_SECONDS": "1",
    "JOBS_BEAT_SECONDS": "1",
    "JOBS_BEAT_SILENCE_SECONDS": "10",
    "JOBS_RESTART_PAUSE_SECONDS": "1",
    "JOBS_STOP_SECONDS": "10",
}
ROLES = ("idle", "busy", "monitor", "pusher", "guard", "cluster", "supervisor")


def wait_until(happened: Callable[[], bool], seconds: float) -> bool:
    """Whether it happened within that time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not happened():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.1)
    return True


class Worker:
    """One `manage.py worker`, its cluster and all that belongs to it."""

    def __init__(self, database: str, place: Path) -> None:
        environment = os.environ | HASTE | {"CHAOS_DATABASE": database, "CHAOS_PLACE": str(place)}
        environment["DJANGO_SETTINGS_MODULE"] = "tests.config.chaos.settings"
        self.place = place
        self.sessions: set[int] = set()
        self._roles: dict[int, list[int]] = {}
        with (place / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(BASE_DIR / "manage.py"), "worker"],
                cwd=BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def find(self, role: str) -> int | None:
        """The process that has this role now."""
        if role == "supervisor":
            return self.process.pid
        cluster = self._only_child(self.process.pid)
        if role == "cluster" or cluster is None:
            return cluster
        self.sessions.add(cluster)
        guard = self._only_child(cluster)
        if role == "guard" or guard is None:
            return guard
        return self._find_among(guard, role)

    def _find_among(self, guard: int, role: str) -> int | None:
        """The guard starts two workers, the monitor, the pusher, in this order; what comes later is a worker here."""
        alive = [child.pid for child in sorted(children(guard), key=lambda child: child.create_time())]
        if guard not in self._roles and len(alive) >= 4:
            self._roles[guard] = alive[2:4]
        helpers = self._roles.get(guard, [])
        if role in ("monitor", "pusher"):
            pid = helpers[("monitor", "pusher").index(role)] if helpers else None
            return pid if pid in alive else None
        workers = [pid for pid in alive if pid not in helpers]
        busy = [pid for pid in workers if (self.place / f"busy-{pid}").exists()]
        wanted = busy if role == "busy" else [pid for pid in workers if pid not in busy]
        return wanted[0] if helpers and wanted else None

    @staticmethod
    def _only_child(pid: int) -> int | None:
        found = children(pid)
        return found[0].pid if found else None

    def kill(self, role: str) -> bool:
        """Nothing that the process could do about it; whether there was one to kill."""
        pid = self.find(role)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        if role == "supervisor":
            self.process.wait()
        return True

    def left_over(self) -> list[int]:
        """Processes of its clusters that still live."""
        return [process.pid for process in psutil.process_iter() if _session(process.pid) in self.sessions]

    def destroy(self) -> None:
        """Nothing of it is left, however the test ended."""
        self.find("guard")
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.left_over():
            os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[psutil.Process]:
    """Its direct ones that live."""
    try:
        found = psutil.Process(pid).children()
        return [child for child in found if child.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return []


def _session(pid: int) -> int:
    try:
        return os.getsid(pid) if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE else 0
    except (ProcessLookupError, psutil.NoSuchProcess):
        return 0


def storm(seed: int, strikes: int) -> list[tuple[str, int, float]]:
    """Who is to be killed, of which worker, after how many seconds: every role at least once, as the seed decides."""
    chance = random.Random(seed)
    roles = list(ROLES) + chance.choices(ROLES[:4], k=max(0, strikes - len(ROLES)))
    chance.shuffle(roles)
    return [(role, chance.randrange(2), chance.uniform(0.5, 2.0)) for role in roles]
