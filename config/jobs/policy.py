"""The numbers of the job machinery. The environment may change the waits; tests shorten them that way."""

from datetime import timedelta

from config import env


def _seconds(name: str, default: int) -> timedelta:
    return timedelta(seconds=env.number(name, default))


# The wait after the first, second, … failed attempt; also how long a started one is left before it counts as dead.
BACKOFF = tuple(timedelta(seconds=int(word)) for word in env.words("JOBS_BACKOFF_SECONDS", "30,120,600,3600"))
# An outside call holds no row lock that would show that it still runs: longer than the queue's time limit of 60 s.
OUTSIDE_LEASE = _seconds("JOBS_OUTSIDE_LEASE_SECONDS", 90)

RENEW_EVERY = OUTSIDE_LEASE / 3  # long work says so often that it lives, so a dead one is found as soon as any

SWEEP_EVERY = _seconds("JOBS_SWEEP_SECONDS", 60)
NUDGES_PER_SWEEP_MAX = 500
QUEUE_LENGTH_MAX = 2000  # the queue's table has no index that would suit a long queue

BEAT_EVERY = _seconds("JOBS_BEAT_SECONDS", 60)
BEAT_SILENCE_MAX = _seconds("JOBS_BEAT_SILENCE_SECONDS", 180)
# Longer than the queue's time limit, so that a running job may end; systemd's and compose's own limits must be longer.
STOP_WITHIN = _seconds("JOBS_STOP_SECONDS", 75)
RESTART_PAUSE_MAX = _seconds("JOBS_RESTART_PAUSE_SECONDS", 30)

KEEP_DONE = timedelta(days=30)  # a key is remembered as long
KEEP_DONE_PERIODIC = timedelta(days=2)
KEEP_ANSWERS = timedelta(days=30)
KEEP_BEATS = timedelta(days=1)


def pause_after(attempts: int) -> timedelta:
    """The wait after that many attempts."""
    return BACKOFF[min(attempts, len(BACKOFF)) - 1]
