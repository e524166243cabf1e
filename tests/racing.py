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
