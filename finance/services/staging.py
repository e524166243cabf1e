"""The first table that usage comes to: records as values, whatever form they came in.

A text becomes a value only where its form allows it; else there is no value, and the record will be refused. Lines that
are plain throughout are read by the database itself, which is the fast way; all others come as texts first.
"""

import re
from collections.abc import Iterable, Sequence

import psycopg
from django.db import connection

from config.copying import raw_cursor

FIELDS = ("source_id", "account", "product", "instance", "quantity", "started_at", "ended_at", "corrects")
Row = Sequence[str]  # in the order of FIELDS

# The same forms for both readers. A digit that is not one of ASCII, which `\d` may let through, makes no valid moment.
_QUANTITY = r"[0-9]{1,15}(?:\.[0-9]{1,8})?"
_MOMENT = r"\d\d\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d(?::?\d\d)?)"
_TEXT = r'[^,"\\\x00-\x1f]{1,100}+'
_LINE = ",".join([*[_TEXT] * 4, _QUANTITY, _MOMENT, _MOMENT, f"(?:{_TEXT})?"])
_PLAIN = re.compile(rf"(?:{_LINE}\r?\n)*+".encode())  # possessive: a long piece needs no memory of where it has been

_COLUMNS = ", ".join(FIELDS)
_LINE_NUMBER = "line bigint GENERATED ALWAYS AS IDENTITY (CACHE 10000)"  # one at a time would cost a sixth of reading
_VALUES = f"""
CREATE TEMP TABLE usage_read (
    {_LINE_NUMBER}, source_id text, account text, product text, instance text,
    quantity numeric, started_at timestamptz, ended_at timestamptz, corrects text
) ON COMMIT DROP
"""
_TEXTS = f"""
CREATE TEMP TABLE usage_in ({_LINE_NUMBER}, {", ".join(f"{name} text" for name in FIELDS)}) ON COMMIT DROP
"""
_READ = f"""
INSERT INTO usage_read ({_COLUMNS})
SELECT source_id, account, product, instance,
    CASE WHEN quantity ~ %(quantity)s THEN quantity::numeric END,
    CASE WHEN started_at ~ %(moment)s AND pg_input_is_valid(started_at, 'timestamptz')
        THEN started_at::timestamptz END,
    CASE WHEN ended_at ~ %(moment)s AND pg_input_is_valid(ended_at, 'timestamptz') THEN ended_at::timestamptz END,
    corrects
FROM usage_in ORDER BY line
"""  # noqa: S608


def stage_rows(*, rows: Iterable[Row]) -> None:
    """`usage_read` holds these records, numbered from 1 in their order."""
    _open()
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS)
        with raw_cursor() as raw, raw.copy(f"COPY usage_in ({_COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    _read_texts()


def stage_csv(*, piece: bytes, lines: int) -> None:
    """The same for so many lines of CSV whose columns are FIELDS, all of them, each a record of its own.

    Raises psycopg.DataError where a line has another form, or a quote runs over several: then nothing has happened.
    """
    _open()
    if _PLAIN.fullmatch(piece):
        _copy(f"COPY usage_read ({_COLUMNS}) FROM STDIN (DELIMITER ',')", piece)
        return
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS)
    if _copy(f"COPY usage_in ({_COLUMNS}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_COLUMNS}))", piece) != lines:
        raise psycopg.DataError("a record runs over several lines")
    _read_texts()


def _copy(statement: str, piece: bytes) -> int:
    """How many records came."""
    with raw_cursor() as raw:
        with raw.copy(statement) as copy:
            copy.write(piece)
        return raw.rowcount


def _read_texts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"quantity": f"^{_QUANTITY}$", "moment": f"^{_MOMENT}$"})


def _open() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.usage_in, pg_temp.usage_read, pg_temp.usage_checked")
        cursor.execute(_VALUES)
