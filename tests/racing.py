"""Several threads, each with a connection of its own, at the same work at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def race(count: int, act: Callable[[int], T]) -> list[T | Exception]:
    """What each of `count` threads got from `act(number)`, all begun together: its result, or what it raised.

    The test needs `@pytest.mark.django_db(transaction=True)`, so that the threads see what it committed.
    """
    gate = threading.Barrier(count)

    def take_part(number: int) -> T | Exception:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return act(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(take_part, range(count)))


def wait_until_blocked() -> int:
    """The process number of another connection of this database, once one waits for a lock."""
    pause = threading.Event()
    waiting = """
        SELECT pid FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()
    """
    for _turn in range(3000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else one transaction sees the same picture for ever
            cursor.execute(waiting)
            if found := cursor.fetchone():
                return int(found[0])
        pause.wait(0.01)
    raise TimeoutError("nobody waits")
