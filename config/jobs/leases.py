"""Long work says again and again that it lives, so that it is neither doubled nor, when it died, missed for long."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from config.jobs import policy
from config.jobs.registry import long_kinds
from config.models import Job

log = logging.getLogger(__name__)


def at_long_work(now: datetime | None = None) -> bool:
    """Whether somebody is at work that may outlast the time after which silence means death."""
    lives = Job.objects.filter(state=Job.State.SENDING, run_after__gt=now or timezone.now())
    return lives.filter(kind__in=list(long_kinds())).exists()


@contextmanager
def kept_alive(job: Job) -> Iterator[None]:
    """Inside, nobody else begins this attempt's job; a thread with a connection of its own sees to it."""
    if job.kind not in long_kinds():
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_renew, args=(job, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(job: Job, over: threading.Event) -> None:
    mine = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)
    while not over.wait(policy.RENEW_EVERY.total_seconds()):
        try:
            mine.update(run_after=timezone.now() + policy.OUTSIDE_LEASE)
        except DatabaseError:
            log.warning("a long job could not say that it lives", extra={"job": job.pk})
        finally:
            connection.close()
