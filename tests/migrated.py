"""A database in which every migration was applied, of which test runs and their workers get copies.

Migrating takes longer than most tests; a copy takes a moment. The next change of a migration makes a new one.
"""

import hashlib
from typing import Any

from django.conf import settings
from django.db import connection

PREFIX = "test_migrated_"


def template() -> str:
    """The name of the database; made by whoever comes first, while the others wait."""
    name = PREFIX + _digest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")  # no other wait is as long as migrating
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        known = {row[0] for row in cursor.fetchall()}
        if name not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            _migrate(f"{name}_new")
            cursor.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def _digest() -> str:
    """Of all that says how the tables become: the project's migrations and SQL, and the packages' versions."""
    found = hashlib.sha256()
    for pattern in ("**/migrations/*.py", "**/sql/*.sql"):
        for app in ("config", "accounts", "finance", "invoicing", "kiscloud"):
            for file in sorted((settings.BASE_DIR / app).glob(pattern)):
                found.update(file.read_bytes())
    found.update((settings.BASE_DIR / "requirements.txt").read_bytes())
    return found.hexdigest()[:16]


def _migrate(name: str) -> None:
    own: dict[str, Any] = dict(connection.settings_dict)
    connection.settings_dict["TEST"] = own["TEST"] | {"NAME": name}
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    settings.DATABASES["default"]["NAME"] = own["NAME"]
    connection.settings_dict.update(NAME=own["NAME"], TEST=own["TEST"])
