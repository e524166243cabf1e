"""Failures of the database that say nothing about the request: whoever repeats it may well succeed.

**Undone**: PostgreSQL chose this transaction to end a deadlock or a conflict; nothing of it happened. **Lost**: the
connection broke, because the server was restarted or killed; whether a commit that was under way happened is not known
here, so only what can be repeated safely may be repeated. **Busy**: undone, or it gave up waiting for a lock or ran out
of its time; nothing happened either, but to repeat it at once would only add to the load.
"""

from django.db import Error, connection
from django.db.utils import InterfaceError, OperationalError
from psycopg import errors

_UNDONE = (errors.DeadlockDetected, errors.SerializationFailure)
_BUSY = (*_UNDONE, errors.LockNotAvailable, errors.QueryCanceled)
_LOST_CLASSES = ("08", "57P")  # no connection; shut down, crashed, or not up yet


def is_undone(error: BaseException) -> bool:
    """Nothing happened, and at once it may succeed."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, _UNDONE)


def is_busy(error: BaseException) -> bool:
    """Nothing happened, and in a moment it may succeed."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, _BUSY)


def is_lost(error: BaseException) -> bool:
    """The connection broke, or none could be made."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_LOST_CLASSES)


def begin_anew(error: Error) -> bool:
    """Whether the whole transaction may be tried again, on a connection that works; never inside another one."""
    if connection.in_atomic_block or not (is_undone(error) or is_lost(error)):
        return False
    if is_lost(error):
        connection.close()
    return True
