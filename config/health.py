"""Can this process serve? Asked by load balancers and by people, answered without revealing anything.

Each check says `ok` or one plain word; the reasons go to the log.
"""

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.jobs import worker_seen

ALIVE = "/healthz"
READY = "/readyz"
PATHS = (ALIVE, READY)
log = logging.getLogger(__name__)

# Once every migration of this code is applied, that stays true for as long as the process lives.
_migrated = False


def readiness() -> dict[str, str]:
    """What was found, by name; all `ok` means ready."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("the database does not answer")
        return {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    migrations = "ok" if _all_migrated() else "pending"
    return {"database": "ok", "migrations": migrations, "worker": _worker() if migrations == "ok" else "unknown"}


def _all_migrated() -> bool:
    global _migrated  # noqa: PLW0603
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _worker() -> str:
    return "ok" if worker_seen() else "silent"
