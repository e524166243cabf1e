"""What the driver knows and Django's own cursor does not: COPY, and statements that are parsed and planned once."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def raw_cursor() -> "psycopg.Cursor[Any]":
    """The driver's own cursor on Django's connection, which knows COPY."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def fetch_prepared(statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of a statement that is prepared on Django's connection, in its transaction; errors are Django's."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, raw_cursor() as cursor:
        return cursor.execute(statement.encode(), parameters, prepare=True).fetchone()


def take_time() -> None:
    """From here to the end of the transaction a statement may last: millions of rows take longer than any page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
