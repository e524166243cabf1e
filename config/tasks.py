"""The ground's own periodic work: nothing that has served its time stays."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django_q.models import OrmQ, Task

from config.jobs import job, policy
from config.jobs.beats import OWN_QUEUE
from config.jobs.registry import periodic
from config.jobs.sweep import PERIOD
from config.models import IdempotentAnswer, Job, RateLimit, WorkerBeat

BATCH = 5000


@job("config.tidy", every=timedelta(hours=1))
def tidy(_job: Job) -> None:
    """Done jobs, expired limits, old answers, the rows of dead workers and the queue's own leftovers are gone."""
    now = timezone.now()
    done = Job.objects.filter(state=Job.State.DONE)
    of_periods = done.filter(key__startswith=PERIOD)
    for old in (
        done.filter(done_at__lt=now - policy.KEEP_DONE),
        of_periods.filter(done_at__lt=now - policy.KEEP_DONE_PERIODIC),
        RateLimit.objects.filter(expires_at__lt=now),
        IdempotentAnswer.objects.filter(created_at__lt=now - policy.KEEP_ANSWERS),
        WorkerBeat.objects.filter(started_at__lt=now - policy.KEEP_BEATS).exclude(seen_at__gte=now - policy.KEEP_BEATS),
        OrmQ.objects.filter(key__startswith=OWN_QUEUE, lock__lt=now - policy.KEEP_BEATS),
        Task.objects.filter(stopped__lt=now - policy.KEEP_DONE),
    ):
        delete_some(old)
    for kind, _every in periodic():
        delete_some(_parked_but_the_last(kind))


def _parked_but_the_last(kind: str) -> models.QuerySet[Job]:
    """Work that fails in every period needs one row to say so."""
    parked = Job.objects.filter(kind=kind, key__startswith=PERIOD, state=Job.State.PARKED)
    last = parked.order_by("-pk").first()
    return parked.exclude(pk=last.pk) if last else parked


@transaction.atomic
def delete_some(rows: models.QuerySet[models.Model]) -> int:
    """At most a batch, so that the statement stays short; the next hour takes the next. Tells how many."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    # Straight from the table: reading a queue's row would unpickle it.
    return rows.model._default_manager.filter(pk__in=pks)._raw_delete(rows.db) if pks else 0
