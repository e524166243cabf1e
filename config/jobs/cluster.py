"""The supervised process: django-q2's cluster, reading its own queue of beats beside the common one."""

import os
import select
import signal
import threading
from typing import Any

from django.db import connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.cluster import Cluster

from config.jobs import policy
from config.jobs.beats import OWN_QUEUE

STDIN = 0


class TwoQueues(ORM):
    """The common queue, and before it the one that only this cluster reads."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.own_key = f"{OWN_QUEUE}{name}"

    def dequeue(self) -> Any:
        """A beat if one waits, else as ever."""
        waiting = self.get_connection().filter(key=self.own_key, lock__lt=timezone.now()).first()
        if waiting is None:
            return super().dequeue()
        self.get_connection().filter(pk=waiting.pk).update(lock=self.timeout(waiting))
        return [(waiting.pk, waiting.payload)]


def run_cluster(name: str) -> int:
    """Runs until it is told to stop, its guard dies, or its supervisor does; the exit code.

    Standard input is a pipe that the supervisor holds and never writes to: when that ends, the supervisor is dead,
    and a cluster that nobody watches must not live on with old code.
    """
    broker = TwoQueues(name)
    connections.close_all()  # none may be shared with the processes that are forked now
    cluster = Cluster(broker=broker)
    cluster.start()
    while cluster.sentinel.is_alive():
        readable, _, _ = select.select([STDIN], [], [], 0.5)
        if readable and not os.read(STDIN, 1):
            _kill_session_after(policy.STOP_WITHIN.total_seconds())
            cluster.stop()
            return 1
    stopped_on_purpose = cluster.stop_event is None
    return 0 if stopped_on_purpose else 1


def _kill_session_after(seconds: float) -> None:
    """A stop that hangs ends anyway: this whole session is killed."""
    timer = threading.Timer(seconds, os.killpg, (os.getpgid(0), signal.SIGKILL))
    timer.daemon = True
    timer.start()
