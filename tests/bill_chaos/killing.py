"""SIGKILL at random moments, always while workers are at work."""

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WORKERS: Final = 2


def start(module: str, name: str) -> subprocess.Popen[str]:
    """A worker that has begun."""
    command = [sys.executable, "-m", f"tests.bill_chaos.{module}", name]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while worker.stdout and (line := worker.stdout.readline()) and line.strip() != "ready":
        pass
    return worker


def kill_at_random(module: str, kills: int, seed: int, tell: Callable[[str], None]) -> int:
    """Two workers at a time, each killed in the middle of its work and started anew; answers how many were killed."""
    chance, killed = random.Random(seed), 0
    workers = [start(module, f"{seed}-{number}") for number in range(WORKERS)]
    while killed < kills and any(worker.poll() is None for worker in workers):
        threading.Event().wait(chance.uniform(0.02, 0.6))
        place = chance.randrange(WORKERS)
        if workers[place].poll() is None:
            workers[place].send_signal(signal.SIGKILL)
            workers[place].wait()
            killed += 1
            workers[place] = start(module, f"{seed}-{killed}-{place}")
            if killed % 10 == 0:
                tell(f"{killed} of {kills} kills")
    for worker in (*workers, start(module, "last")):
        worker.wait()
    return killed
