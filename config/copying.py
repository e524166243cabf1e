"""COPY, the database's fast way in and out."""

from typing import Any

import psycopg
from django.db import connection


def raw_cursor() -> "psycopg.Cursor[Any]":
    """The driver's own cursor on Django's connection, which knows COPY."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def take_time() -> None:
    """From here to the end of the transaction a statement may last: millions of rows take longer than any page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
