"""Keeps one cluster working: starts it, watches its pulse, starts it anew after any end, stops it cleanly.

The cluster lives in a session of its own. A signal for the supervisor (Ctrl-C, systemd, compose) never reaches it
directly, since a cluster whose processes are all told to stop at once hangs; and everything it ever started can be
killed together, since a cluster that dies leaves its children behind.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from django.db import close_old_connections, connection

from config.env import BASE_DIR
from config.jobs import policy
from config.jobs.beats import Pulse
from config.jobs.sweep import sweep

log = logging.getLogger(__name__)
TICK_SECONDS = 0.5
STEADY_SECONDS = 30.0  # a cluster that lived this long did not fail at its start


class StopAsked(BaseException):  # must pass every `except Exception`
    """SIGTERM or SIGINT came; raised wherever the supervisor is, so that no slow database delays the stop."""


class Supervisor:
    """One cluster and its keeper."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pulse = Pulse(name)
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self.restarts = 0
        self._next_sweep = 0.0

    def run(self) -> None:
        """Returns when it was told to stop and the cluster is gone."""
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
            self._keep_running()
        except StopAsked:
            log.info("worker stops", extra={"worker": self.name})
        finally:
            self._stop()

    def _keep_running(self) -> None:
        pause = 0.5
        while not self.stopping:
            began = time.monotonic()
            self._start()
            reason = self._watch()
            self._kill()
            self.restarts += 1
            steady = time.monotonic() - began > STEADY_SECONDS
            pause = 1.0 if steady else min(pause * 2, policy.RESTART_PAUSE_MAX.total_seconds())
            log.error("cluster restarts", extra={"worker": self.name, "reason": reason, "pause": pause})
            time.sleep(pause)

    def _start(self) -> None:
        self._with_database(self._begin)
        command = [sys.executable, str(BASE_DIR / "manage.py"), "worker", "--cluster", self.name]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
        log.info("cluster started", extra={"worker": self.name, "cluster": self.child.pid})

    def _watch(self) -> str:
        """Until the cluster has ended or gone deaf; says which."""
        assert self.child is not None  # noqa: S101
        while not self.stopping:
            if self.child.poll() is not None:
                return f"ended with {self.child.returncode}"
            if self._with_database(self._attend):
                return "gave no sign of life"
            time.sleep(TICK_SECONDS)
        return "told to stop"

    def _attend(self) -> bool:
        """Sweeps when it is time, looks after the pulse; tells whether the cluster is deaf."""
        clock = time.monotonic()
        if clock >= self._next_sweep:
            self._next_sweep = clock + policy.SWEEP_EVERY.total_seconds()
            sweep()
        return self.pulse.is_deaf(clock)

    def _begin(self) -> None:
        self.pulse.begin(restarts=self.restarts)

    def _with_database(self, act: Callable[[], bool | None]) -> bool:
        """A database that is away, or a fault in the sweep, must not end the one who keeps things running."""
        try:
            close_old_connections()
            return bool(act())
        except Exception:
            log.exception("the worker could not attend", extra={"worker": self.name})
            connection.close()
            self.pulse.lose_sight()
            return False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """The first asks for a clean stop; a second, while that lasts, ends it."""
        if not self.stopping:
            self.stopping = True
            raise StopAsked
        self._kill_session()

    def _stop(self) -> None:
        """The signal goes to the cluster's first process only; whatever is left when its time is up is killed."""
        self.stopping = True
        connection.close()  # perhaps in the middle of a statement
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(policy.STOP_WITHIN.total_seconds())
        self._kill()
        self._with_database(self.pulse.end)

    def _kill(self) -> None:
        """Nothing of the cluster is left."""
        self._kill_session()
        if self.child is not None:
            self.child.wait()
            if self.child.stdin is not None:
                self.child.stdin.close()
            self.child = None

    def _kill_session(self) -> None:
        if self.child is not None:
            with suppress(ProcessLookupError, PermissionError):  # all gone; on some systems, all but zombies
                os.killpg(self.child.pid, signal.SIGKILL)
