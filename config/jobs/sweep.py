"""What makes nudges dispensable: each minute everything due is nudged again, and periodic work is queued."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.models import OrmQ

from config.jobs import policy
from config.jobs.outbox import enqueue, nudge
from config.jobs.registry import periodic
from config.models import Job

PERIOD = "period:"


def sweep(now: datetime | None = None) -> int:
    """Periodic work of the present period is queued, and what is due is nudged; tells how many nudges that took.

    Any number of workers may sweep at once: a period has one key, a nudged row is left to whoever locked it.
    """
    at = now or timezone.now()
    for kind, every in periodic():
        _queue_period(kind, every, at)
    return _nudge_due(at)


def _queue_period(kind: str, every: timedelta, now: datetime) -> None:
    """One job for this period; none while an earlier one was never begun, lest they pile up behind a dead worker."""
    if Job.objects.filter(kind=kind, key__startswith=PERIOD, state__in=Job.OPEN, attempts=0).exists():
        return
    enqueue(kind, key=f"{PERIOD}{period_start(every, now):%Y-%m-%dT%H:%M:%S}")


def period_start(every: timedelta, now: datetime) -> datetime:
    """Counted from a midnight in local time, so a daily period is a day as people here know it."""
    local = timezone.make_naive(now)
    epoch = datetime(2000, 1, 1)  # noqa: DTZ001  (naive like `local`)
    return epoch + (local - epoch) // every * every


@transaction.atomic
def _nudge_due(now: datetime) -> int:
    """Not those nudged lately, nor those at work (locked); nothing while the queue is long anyway."""
    room = min(policy.NUDGES_PER_SWEEP_MAX, policy.QUEUE_LENGTH_MAX - OrmQ.objects.count())
    if room <= 0:
        return 0
    stale = Q(nudged_at=None) | Q(nudged_at__lt=F("run_after")) | Q(nudged_at__lte=now - policy.SWEEP_EVERY / 2)
    due = Job.objects.select_for_update(skip_locked=True).filter(stale, state__in=Job.OPEN, run_after__lte=now)
    found = list(due.order_by("run_after")[:room])
    Job.objects.filter(pk__in=[job.pk for job in found]).update(nudged_at=now)
    for job in found:
        nudge(job.pk, job.kind)
    return len(found)
