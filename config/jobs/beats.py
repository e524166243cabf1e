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
    asked_at: float | None = None
    answered_at: float | None = None

    @property
    def queue(self) -> str:
        """The queue that only this cluster reads."""
        return f"{OWN_QUEUE}{self.name}"

    def begin(self, *, restarts: int = 0) -> None:
        """The cluster starts: its row is there, old beats are gone."""
        self.asked_at = self.answered_at = None
        OrmQ.objects.filter(key=self.queue).delete()
        WorkerBeat.objects.update_or_create(name=self.name, defaults={"restarts": restarts})

    def end(self) -> None:
        """The worker stopped on purpose and leaves nothing behind."""
        OrmQ.objects.filter(key=self.queue).delete()
        WorkerBeat.objects.filter(name=self.name).delete()

    def is_deaf(self, clock: float) -> bool:
        """Takes note of an answer, asks again when it is time, and tells whether an answer is overdue."""
        if self.asked_at is None:
            if self.answered_at is None or clock - self.answered_at >= policy.BEAT_EVERY.total_seconds():
                self._ask(clock)
            return False
        if not OrmQ.objects.filter(key=self.queue).exists():
            self.asked_at, self.answered_at = None, clock
            return False
        return clock - self.asked_at > policy.BEAT_SILENCE_MAX.total_seconds()

    def lose_sight(self) -> None:
        """The database was away: a beat could not be answered, so its time starts anew."""
        self.asked_at = self.answered_at = None

    def _ask(self, clock: float) -> None:
        OrmQ.objects.filter(key=self.queue).delete()
        options = {"cluster": self.queue, "save": False}
        async_task("config.jobs.beats.beat", self.name, q_options=options)
        self.asked_at = clock
