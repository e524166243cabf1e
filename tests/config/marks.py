"""A handler whose effect can be counted, and a look at what the queue holds."""

from django_q.models import OrmQ

from config.jobs.runner import run
from config.models import Job, WorkerBeat


def leave_mark(row: Job) -> None:
    """The effect that these tests count."""
    WorkerBeat.objects.create(name=f"{row.payload.get('mark', 'mark')}-{WorkerBeat.objects.count()}")


def marks() -> int:
    return WorkerBeat.objects.count()


def nudges() -> list[int]:
    """The jobs that the queue holds a nudge for."""
    return [row.task["args"][0] for row in OrmQ.objects.order_by("pk")]


def travel(pk: int) -> Job:
    """One attempt, at the moment at which the job is due."""
    run(pk, Job.objects.get(pk=pk).run_after)
    return Job.objects.get(pk=pk)
