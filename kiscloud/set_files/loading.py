"""Loading one set of a file into an empty set: under new ids, set-based, whole or not at all."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg
from django.db import models
from django.db.models.fields import NOT_PROVIDED
from psycopg import sql

from config.copying import raw_cursor, take_time
from config.transactions import atomic
from kiscloud.models import AccountSet
from kiscloud.set_contents import came_later, parts
from kiscloud.set_files.manifest import SetPart, Table, Unfit
from kiscloud.set_files.reading import Opened
from kiscloud.set_files.writing import columns_of, listed

# What the database says to rows that are not what they should be.
_REFUSED: Final = (
    *(psycopg.DataError, psycopg.IntegrityError, psycopg.InternalError, psycopg.errors.RaiseException),
    psycopg.errors.UndefinedTable,  # a column that refers to a table which the file lacks
)


@atomic
def load_set(*, opened: Opened, part: SetPart, account_set: AccountSet) -> dict[str, int]:
    """The empty set has the rows of this part under new ids, and every deferred rule of the database was asked.

    What refers to somebody outside the set (S17.8) refers to nobody now. A file from before a table or a column was
    there has none of it. Answers the rows of each table. Raises Unfit, and then nothing is there. Part of the caller's
    transaction, which has locked the set.
    """
    take_time()
    said = {table.name: table for table in part.tables}
    held = [model for model in parts() if model._meta.db_table in said]
    if len(held) != len(part.tables) or not all(model in held or came_later(model) for model in parts()):
        raise Unfit()
    try:
        for model in held:
            _stage(model, said[model._meta.db_table], opened)
        rows = {model._meta.db_table: _move(model, said[model._meta.db_table].columns, account_set) for model in held}
        with raw_cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except _REFUSED as error:
        raise Unfit() from error
    return rows


def _stage(model: type[models.Model], table: Table, opened: Opened) -> None:
    """The rows lie in a table of this transaction, each with the id that it will have."""
    name, columns = model._meta.db_table, table.columns
    _refuse_columns(model, columns)
    words = {"staged": _staged(model), "table": sql.Identifier(name), "columns": listed(columns)}
    with raw_cursor() as cursor:
        for statement in _STAGE:
            cursor.execute(statement.format(**words, sequence=sql.Literal(f'"{name}"')))
        with cursor.copy(_COPY.format(**words)) as copy:
            for piece in opened.table(table):
                copy.write(piece)
        if cursor.rowcount != table.rows:
            raise Unfit()
        cursor.execute(_INDEX.format(**words))


def _refuse_columns(model: type[models.Model], columns: Sequence[str]) -> None:
    """Raises Unfit unless these are the table's columns in their order; one that came later may be missing."""
    later = {field.column for field in model._meta.concrete_fields if field.db_default is not NOT_PROVIDED}
    if columns != [column for column in columns_of(model) if column in columns or column not in later]:
        raise Unfit()


def _move(model: type[models.Model], columns: Sequence[str], account_set: AccountSet) -> int:
    """The staged rows are the set's; what they refer to is named by its new id, in whatever order it came."""
    sources = [_source(field) for field in model._meta.concrete_fields if field.column in columns]
    dangling = [source.dangling for source in sources if source.dangling]
    words = {
        "staged": _staged(model),
        "table": sql.Identifier(model._meta.db_table),
        "columns": listed(columns),
        "values": sql.SQL(", ").join(source.value for source in sources),
        "joins": sql.SQL(" ").join(source.join for source in sources),
        "dangling": sql.SQL(" OR ").join(dangling),
        "set": sql.Literal(account_set.pk),
    }
    with raw_cursor() as cursor:
        if dangling and cursor.execute(_DANGLING.format(**words)).fetchone():
            raise Unfit()
        cursor.execute(_MOVE.format(**words))
        return cursor.rowcount


class _Source(NamedTuple):
    """Where a column of the set's row comes from."""

    value: sql.Composable
    join: sql.Composable = sql.SQL("")
    dangling: sql.Composable | None = None  # true for a row that refers to what is not in the file


def _source(field: "models.Field[Any, Any]") -> _Source:
    column = sql.Identifier(field.column)
    if field.primary_key:
        return _Source(sql.SQL("r.new_id"))
    if not field.is_relation:
        return _Source(sql.SQL("r.{}").format(column))
    if field.related_model not in parts():
        return _Source(sql.SQL("NULL"))
    words = {"other": sql.Identifier(f"to_{field.column}"), "column": column, "staged": _staged(field.related_model)}
    return _Source(
        value=sql.SQL("{other}.new_id").format(**words),
        join=sql.SQL("LEFT JOIN {staged} {other} ON {other}.id = r.{column}").format(**words),
        dangling=sql.SQL("(r.{column} IS NOT NULL AND {other}.id IS NULL)").format(**words),
    )


def _staged(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(f"staged_{model._meta.db_table}")


_STAGE = (
    sql.SQL("DROP TABLE IF EXISTS pg_temp.{staged}"),
    sql.SQL("CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"),
    sql.SQL(
        "ALTER TABLE {staged} ADD COLUMN new_id bigint NOT NULL"
        " DEFAULT nextval(pg_get_serial_sequence({sequence}, 'id'))"
    ),
)
_COPY = sql.SQL("COPY {staged} ({columns}) FROM STDIN WITH (FORMAT csv, HEADER MATCH)")
_INDEX = sql.SQL("CREATE UNIQUE INDEX ON {staged} (id)")
_DANGLING = sql.SQL("SELECT FROM {staged} r {joins} WHERE {dangling} LIMIT 1")
_MOVE = sql.SQL("INSERT INTO {table} (account_set_id, {columns}) SELECT {set}, {values} FROM {staged} r {joins}")
