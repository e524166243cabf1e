"""File locks (flock). The kernel drops them when their last holder dies, however it dies, in whichever container.

A lock belongs to the opened file, so a forked or started process that keeps the descriptor keeps the lock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_SECONDS = 0.02


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, which programs started later do not inherit by accident."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def share(path: Path) -> int:
    """Waits for a shared lock and returns the descriptor that holds it; closing it gives the lock back."""
    descriptor = open_lock(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def take(path: Path) -> int | None:
    """The descriptor holding the lock alone, or `None` while anybody else holds it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def take_within(path: Path, seconds: float) -> int | None:
    """Like `take`, but tries until the time is over."""
    deadline = time.monotonic() + seconds
    while (descriptor := take(path)) is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return descriptor


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One process at a time. Given back explicitly, so that a child forked meanwhile cannot keep it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
