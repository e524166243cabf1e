"""Doing work: one attempt at one job, safe to be asked for twice, late, or by several at once."""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django_q.exceptions import TimeoutException

from config.jobs import policy
from config.jobs.leases import kept_alive
from config.jobs.registry import Retry, Work, find, is_outside
from config.logs import request_id
from config.models import Job

log = logging.getLogger(__name__)
ERROR_LENGTH_MAX = 300


class TakenOver(Exception):
    """This attempt took so long that another one began."""


def run(pk: int, now: datetime | None = None) -> bool:
    """One attempt, if the job is due and nobody is at it; tells whether there was one.

    What the handler raises is written to the job and goes no further; only the queue's time limit does, because the
    process that it interrupted should not go on.
    """
    job = _begin(pk, now or timezone.now())
    if job is None:
        return False
    token, began = request_id.set(f"job-{pk}"), time.perf_counter()
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _do(find(job.kind), job)
    except TakenOver:
        log.warning("job was taken over by another attempt", extra=_facts(job))
    except Retry as wish:
        _give_back(job, wish, now, pause=wish.after)
    except TimeoutException as error:
        _give_back(job, error, now)
        raise
    except Exception as error:
        log.exception("job failed", extra=_facts(job))
        _give_back(job, error, now)
    else:
        log.info("job done", extra=_facts(job) | {"ms": round((time.perf_counter() - began) * 1000)})
    finally:
        request_id.reset(token)
    return True


def run_due(now: datetime | None = None, limit: int = 1000) -> int:
    """Runs what is due in this process, oldest first, follow-ups included; tells how many attempts that were.

    Never inside a transaction of the caller's.
    """
    count, passed_over = 0, set[int]()
    for _turn in range(limit):
        due = Job.objects.filter(state__in=Job.OPEN, run_after__lte=now or timezone.now()).exclude(pk__in=passed_over)
        pk = due.order_by("run_after", "pk").values_list("pk", flat=True).first()
        if pk is None:
            break
        if run(pk, now):
            count += 1
        else:
            passed_over.add(pk)
    return count


@transaction.atomic(durable=True)
def _begin(pk: int, now: datetime) -> Job | None:
    """Counts the attempt and commits that before any work, so that a crash counts too.

    A job that is locked (at work), done or not due is left alone. The number of the attempt is what the attempt must
    still find when it ends; `run_after` is when a silent one is presumed dead.
    """
    due = Job.objects.select_for_update(skip_locked=True).filter(pk=pk, state__in=Job.OPEN, run_after__lte=now)
    job = due.first()
    if job is None:
        return None
    if job.is_last_attempt:
        _park(job, job.last_error or "the process died during each attempt")
        return None
    outside = is_outside(job.kind)
    lease = _pause(job.attempts + 1)
    job.attempts += 1
    job.attempted_at = now
    job.run_after = now + (max(lease, policy.OUTSIDE_LEASE) if outside else lease)
    job.state = Job.State.SENDING if outside else Job.State.READY
    job.save(update_fields=["attempts", "attempted_at", "run_after", "state"])
    return job


def _do(work: Work, job: Job) -> None:
    if work.outside:
        with kept_alive(job):
            work.handler(job)
        _finish(job)
        return
    with transaction.atomic(durable=True):
        mine = Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk, state=job.state, attempts=job.attempts)
        locked = mine.first()
        if locked is None:
            raise TakenOver
        work.handler(locked)
        _finish(job)


def _finish(job: Job) -> None:
    mine = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)
    if not mine.update(state=Job.State.DONE, done_at=timezone.now(), last_error=""):
        raise TakenOver


@transaction.atomic(durable=True)
def _give_back(job: Job, error: BaseException, now: datetime | None, pause: timedelta | None = None) -> None:
    """The failed attempt's reason stands in the row, which waits for its next time, or for a person after the last."""
    mine = Job.objects.select_for_update().filter(pk=job.pk, state=job.state, attempts=job.attempts).first()
    if mine is None:
        return
    if mine.is_last_attempt:
        _park(mine, describe(error))
        return
    # At least a second, lest a loop that runs what is due never end.
    wait = max(pause if pause is not None else _pause(mine.attempts), timedelta(seconds=1))
    mine.last_error, mine.run_after = describe(error), (now or timezone.now()) + wait
    mine.save(update_fields=["last_error", "run_after"])


def _park(job: Job, reason: str) -> None:
    job.state, job.last_error = Job.State.PARKED, reason
    job.save(update_fields=["state", "last_error"])
    log.error("job parked: a person must look", extra=_facts(job))


def _pause(attempts: int) -> timedelta:
    """After the last attempt nothing follows but parking, so that need not wait an hour."""
    return policy.pause_after(attempts if attempts < Job.ATTEMPTS_MAX else 1)


def describe(error: BaseException) -> str:
    """The class and the first line of the message: the database puts people's data into the lines after it."""
    lines = str(error).replace("\x00", "").strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}".rstrip(": ")[:ERROR_LENGTH_MAX]


def _facts(job: Job) -> dict[str, object]:
    return {"job": job.pk, "job_kind": job.kind, "attempt": job.attempts}
