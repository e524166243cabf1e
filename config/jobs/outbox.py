"""Asking for work: the `Job` row and its nudge, both in the caller's transaction."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from config.errors import DomainError
from config.jobs.registry import find, long_kinds
from config.models import Job

log = logging.getLogger(__name__)
# Failures stand in our own row, so the queue need neither repeat a nudge nor keep its result.
_QUEUE_OPTIONS = {"save": False, "ack_failure": True}


class NotParked(DomainError):
    """Only a parked job waits for a person."""

    code = "job_not_parked"
    sentence = _("This job is not parked.")


@transaction.atomic
def enqueue(kind: str, *, key: str | None = None, run_after: datetime | None = None, **payload: Any) -> Job:
    """The job is written if the caller's transaction commits, and runs soon after, or when `run_after` has come.

    The same kind and key again gives the first job back, whatever became of it. An unknown kind raises at once.
    """
    find(kind)
    now = timezone.now()
    due = run_after is None or run_after <= now
    values = {"payload": payload, "run_after": run_after or now, "nudged_at": now if due else None}
    if key is None:
        job, created = Job.objects.create(kind=kind, **values), True
    else:
        job, created = Job.objects.get_or_create(kind=kind, key=key, defaults=values)
    if created and due:
        nudge(job.pk, kind)
    return job


def enqueue_new(kinds: Sequence[str], *, key: str, **payload: Any) -> None:
    """One job of each kind, due at once, under a key that cannot have been used before: it belongs to a fresh row.

    Two statements for the first and one for each further kind, because whole batches of events come in one request.
    """
    if not kinds:
        return
    for kind in kinds:
        find(kind)
    now = timezone.now()
    made = [Job(kind=kind, key=f"{kind}:{key}", payload=payload, run_after=now, nudged_at=now) for kind in kinds]
    for job in Job.objects.bulk_create(made):
        nudge(job.pk, job.kind)


def abandoned(kind: str, *, of: str) -> list[Any]:
    """What jobs of this kind were for, by this name in their payload, where they died too often and none is left."""
    jobs = Job.objects.filter(kind=kind)
    parked = jobs.filter(state=Job.State.PARKED).values_list(f"payload__{of}", flat=True)
    waiting = set(jobs.filter(state__in=Job.OPEN).values_list(f"payload__{of}", flat=True))
    return [which for which in parked if which not in waiting]


def nudge(pk: int, kind: str) -> None:
    """A worker will look at this job soon, once the caller's transaction has committed."""
    options: dict[str, Any] = dict(_QUEUE_OPTIONS)
    if (within := long_kinds().get(kind)) is not None:
        options["timeout"] = int(within.total_seconds())
    async_task("config.jobs.runner.run", pk, q_options=options)


@transaction.atomic
def try_again(pk: int, *, by: str) -> Job:
    """The parked job is ready for five more attempts, at once; it keeps its reference. Locks the job.

    `by` names the person for the log.
    """
    job = Job.objects.select_for_update().get(pk=pk)
    if job.state != Job.State.PARKED:
        raise NotParked
    now = timezone.now()
    job.state, job.attempts, job.run_after, job.nudged_at = Job.State.READY, 0, now, now
    job.save(update_fields=["state", "attempts", "run_after", "nudged_at"])
    nudge(job.pk, job.kind)
    log.info("parked job is tried again", extra={"job": job.pk, "job_kind": job.kind, "by": by})
    return job
