"""Work that outlives its request: done once, even though every process on the way may die at any moment.

A service calls `enqueue()` inside its transaction; that writes a `Job` row, so the work is asked for exactly if the
change is made. The queue (django-q2) only carries a nudge, the job's number: it may lose, double or delay nudges, and
none of that matters. Nothing but the row says what is to be done and what is done.

    @job("letters.send", outside=True)              in <app>/tasks.py
    def send_letter(job: Job) -> None: ...

    enqueue("letters.send", key=f"letter-{pk}", letter=pk)    in a service

**A normal job** changes only our database. Its attempt is counted and committed first, so that even a crash counts;
then the handler's effect and `done` commit together. It acts once.
**An outside job** (`outside=True`: mail, text messages, HTTP) is first committed as `sending`, then called outside any
transaction, then committed as `done`. Should the process die in between, it is called again: the handler passes
`job.reference`, the same at every attempt, so that the provider can tell.
**After a failure** it waits 30 s, 2 min, 10 min, 1 h; a handler that knows better raises `Retry(after=…)`. The fifth
failure parks it for a person (`Job.State.PARKED`; the admin's button calls `try_again`).
**Long work** is an outside job with `within=timedelta(…)`: it may last so long instead of the queue's 60 seconds, and
says every half minute that it lives.
A handler may look at `job.is_last_attempt` to say so where people see it.
**The sweep**, each minute, nudges what is due and what died. `@job("x", every=timedelta(hours=1))` queues periodic
work: one job for each period, however many workers sweep; a period that passed while all were down is not made up for.
**`manage.py worker`** supervises one cluster: it asks for a sign of life each minute and starts the cluster anew when
none came for three. Run as many as you like, on any number of machines.

Payloads are JSON in plain text: ids, never secrets. A handler starts in the default language and without a request.
"""

from config.jobs.beats import worker_seen
from config.jobs.outbox import abandoned, enqueue, enqueue_new, try_again
from config.jobs.registry import Retry, UnknownKind, job, schedule
from config.jobs.runner import run_due

__all__ = [
    "Retry",
    "UnknownKind",
    "abandoned",
    "enqueue",
    "enqueue_new",
    "job",
    "run_due",
    "schedule",
    "try_again",
    "worker_seen",
]
