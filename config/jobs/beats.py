"""Signs of life: proof that a cluster takes, does and acknowledges work, not merely that its processes exist.

Each cluster has a queue of its own beside the common one. The supervisor puts a beat there; only that cluster can
take it (pusher), do it (worker) and clear it away (monitor), so a beat that stays tells of a deaf one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from config.jobs import policy
from config.jobs.leases import at_long_work
from config.models import WorkerBeat

OWN_QUEUE = "beat:"


def beat(name: str) -> None:
    """The cluster of this name does work: run by one of its workers."""
    WorkerBeat.objects.filter(name=name).update(seen_at=timezone.now())


def worker_seen(within: timedelta = policy.BEAT_SILENCE_MAX, now: datetime | None = None) -> bool:
    """Whether any worker gave a sign of life lately."""
    return WorkerBeat.objects.filter(seen_at__gte=(now or timezone.now()) - within).exists()


@dataclass
class Pulse:
    """The beats of one cluster, as its supervisor asks for them. Times are the supervisor's own clock, in seconds."""

    name: str
    waiting_since: float | None = None
    next_at: float = 0.0

    @property
    def queue(self) -> str:
        """The queue that only this cluster reads."""
        return f"{OWN_QUEUE}{self.name}"

    def begin(self, *, restarts: int = 0) -> None:
        """The cluster starts: its row is there, old beats are gone."""
        self.lose_sight()
        OrmQ.objects.filter(key=self.queue).delete()
        WorkerBeat.objects.update_or_create(name=self.name, defaults={"restarts": restarts})

    def end(self) -> None:
        """The worker stopped on purpose and leaves nothing behind."""
        OrmQ.objects.filter(key=self.queue).delete()
        WorkerBeat.objects.filter(name=self.name).delete()

    def is_deaf(self, clock: float) -> bool:
        """Takes note of an answer, asks again when it is time, and tells whether an answer is overdue.

        Workers that are all at long work answer no beat; then silence tells nothing.
        """
        if self.waiting_since is not None and not OrmQ.objects.filter(key=self.queue).exists():
            self.waiting_since = None
        if self.waiting_since is not None:
            return clock - self.waiting_since > policy.BEAT_SILENCE_MAX.total_seconds() and not at_long_work()
        if clock >= self.next_at:
            self._ask(clock)
        return False

    def lose_sight(self) -> None:
        """The database was away: a beat could not be answered, so its time starts anew."""
        self.waiting_since, self.next_at = None, 0.0

    def _ask(self, clock: float) -> None:
        OrmQ.objects.filter(key=self.queue).delete()
        options = {"cluster": self.queue, "save": False}
        async_task("config.jobs.beats.beat", self.name, q_options=options)
        self.waiting_since, self.next_at = clock, clock + policy.BEAT_EVERY.total_seconds()
