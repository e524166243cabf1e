"""COPY, the database's fast way in and out."""

from typing import Any

import psycopg
from django.db import connection


def raw_cursor() -> "psycopg.Cursor[Any]":
    """The driver's own cursor on Django's connection, which knows COPY."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)
