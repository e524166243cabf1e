"""One act in a process of its own: how long it took, and the largest resident size of that process and of its backend.

What is measured begins with nothing in memory, and leaves nothing behind for what is measured next.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from django.db import connection


@dataclass(frozen=True, slots=True)
class Apart:
    """Seconds, and MiB; the backend's count the shared buffers that it touched. Zero where the system does not say."""

    seconds: float
    ours: float
    backend: float

    @property
    def largest(self) -> float:
        """The larger of the two processes, in MiB."""
        return max(self.ours, self.backend)


def measured(act: Callable[[], None], *, database: str) -> Apart:
    """What doing this took, by Django's connection to that database. Raises RuntimeError where it failed."""
    connection.close()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(act, database, theirs))
    process.start()
    theirs.close()
    try:
        found: Apart = ours.recv()
    except EOFError:
        raise RuntimeError(f"{act} failed, see above") from None
    finally:
        process.join()
    return found


def _measure(act: Callable[[], None], database: str, pipe: Connection) -> None:
    connection.settings_dict["NAME"] = database
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    began = time.perf_counter()
    act()
    seconds = time.perf_counter() - began
    pipe.send(Apart(seconds, _largest("self") or _said_by_the_system(), _largest(backend)))


def _largest(process: int | str) -> float:
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _said_by_the_system() -> float:
    """Where there is no /proc. On Linux it would count the parent's size before the process became its own."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
