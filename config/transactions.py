"""Transactions of services: whole or not at all, and done again where the database ended one to let others go on; and
the lock on a name, for what has no row yet.

Locks are taken in one fixed order, so a deadlock is rare; but in which order foreign keys and unique indexes lock is
the database's own affair. What it undid for that reason can simply be done again.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from config.interruptions import is_undone

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3


def atomic(service: Callable[P, R]) -> Callable[P, R]:
    """The service runs in a transaction; the outermost one, ended by a deadlock, runs anew, three times in all.

    So it must do nothing but write rows, and must not change what it was given.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        left = 1 if connection.in_atomic_block else TRIES
        while True:
            left -= 1
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except OperationalError as error:
                if not left or not is_undone(error):
                    raise

    return run


def lock_name(name: str) -> None:
    """Holds the name until the transaction ends; two callers with the same name go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(name)])


def lock_number(name: str) -> int:
    """Under which PostgreSQL knows the name. Two names that share a number merely wait for each other, too."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
