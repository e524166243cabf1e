"""Handlers that leave a row, or a line, for everything they did."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from config.jobs import job
from config.models import Job

TABLE = "chaos_effect"


@job("chaos.mark")
def mark(row: Job) -> None:
    """One row, and then it takes its time before it commits."""
    with _busy():
        _leave_row(row)
        _take_time(row.payload["seconds"])


@job("chaos.call", outside=True)
def call(row: Job) -> None:
    """One line in a file, which no rollback takes back."""
    with _busy(), (_place() / "calls").open("a") as calls:
        calls.write(f"{row.pk} {row.reference}\n")
        calls.flush()
        _take_time(row.payload["seconds"])


@job("chaos.poison")
def poison(row: Job) -> None:
    """Kills whoever tries it."""
    _leave_row(row)
    os._exit(9)


def _leave_row(row: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (job, attempt, pid) VALUES (%s, %s, %s)", [row.pk, row.attempts, os.getpid()]
        )


def _take_time(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


@contextmanager
def _busy() -> Iterator[None]:
    """A file by the name of this process tells the test that it is at work."""
    sign = _place() / f"busy-{os.getpid()}"
    sign.touch()
    try:
        yield
    finally:
        sign.unlink(missing_ok=True)


def _place() -> Path:
    return Path(os.environ["CHAOS_PLACE"])
