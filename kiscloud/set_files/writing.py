"""Writing the file of one or more sets: as they are at one instant, table by table, in bounded memory."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from config.copying import raw_cursor, take_time
from kiscloud.models import AccountSet
from kiscloud.set_contents import parts
from kiscloud.set_files.manifest import NAME, Manifest, Person, SetPart, Table


def write_file(*, account_sets: Sequence[AccountSet], to: IO[bytes], now: datetime | None = None) -> Manifest:
    """The sets' contents at one instant are in the file, which stays open; answers its manifest.

    People may go on writing: nothing is locked. Outside a transaction the instant is that of the first read; inside
    one it is the caller's affair. Takes no more memory for a million rows than for ten.
    """
    with _one_instant(), zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
        take_time()
        found = [_write_set(account_set, pack) for account_set in account_sets]
        manifest = Manifest(made_at=(now or timezone.now()).isoformat(), sets=found)
        write_manifest(pack, manifest)
    return manifest


@contextmanager
def _one_instant() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write_set(account_set: AccountSet, pack: zipfile.ZipFile) -> SetPart:
    return SetPart(
        number=account_set.number,
        name=account_set.name,
        edition=account_set.subscription.edition,
        version=account_set.version,
        tables=[_write_table(model, account_set, pack) for model in parts()],
        people=people_of(account_set),
    )


def _write_table(model: type[models.Model], account_set: AccountSet, pack: zipfile.ZipFile) -> Table:
    name, columns = model._meta.db_table, columns_of(model)
    file = entry_of(account_set.number, name)
    with raw_cursor() as cursor:
        with cursor.copy(_rows(model, account_set)) as rows:
            size, sha256 = write_entry(pack, file, _larger(rows))
        return Table(name=name, file=file, columns=columns, rows=cursor.rowcount, bytes=size, sha256=sha256)


def entry_of(number: str, table: str) -> str:
    """Where a table of a set stands in the file."""
    return f"sets/{number}/{table}.csv"


def write_entry(pack: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
    """The pieces are an entry of the file; answers their bytes and SHA-256."""
    size, digest = 0, hashlib.sha256()
    with pack.open(name, "w", force_zip64=True) as out:
        for piece in pieces:
            out.write(piece)
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def write_manifest(pack: zipfile.ZipFile, manifest: Manifest) -> None:
    """The last entry."""
    pack.writestr(NAME, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


def size_of(*, account_set: AccountSet) -> int:
    """How many bytes the set has unpacked, which is what limits restores (S17.7): as a file of it would say now.

    Reads every row; a set that was backed up knows its size already.
    """
    size = 0
    with raw_cursor() as cursor:
        for model in parts():
            with cursor.copy(_rows(model, account_set)) as rows:
                size += sum(len(row) for row in rows)
    return size


def _rows(model: type[models.Model], account_set: AccountSet) -> sql.Composed:
    words = {"table": sql.Identifier(model._meta.db_table), "set": sql.Literal(account_set.pk)}
    return _COPY.format(columns=listed(columns_of(model)), **words)


def _larger(rows: Any, least: int = 256 * 1024) -> Iterator[bytes]:
    """The driver answers row by row; larger pieces are hashed and packed much faster."""
    waiting: list[Any] = []
    size = 0
    for row in rows:
        waiting.append(bytes(row))
        size += len(row)
        if size >= least:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def columns_of(model: type[models.Model]) -> list[str]:
    """What is kept of a table: all but the set, which the restore names anew, and what the database computes."""
    found = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    return [field.column for field in found if field.column != "account_set_id"]


def listed(columns: Sequence[str]) -> sql.Composed:
    """Columns as SQL names them."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


_COPY = sql.SQL(
    "COPY (SELECT {columns} FROM {table} WHERE account_set_id = {set} ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)"
)

People = Callable[[AccountSet], list[Person]]
_people: list[People] = []


def add_people(people: People) -> None:
    """From now on the manifest names these people of a set."""
    if people not in _people:
        _people.append(people)


def people_of(account_set: AccountSet) -> list[Person]:
    """Everybody inside the set."""
    return [person for people in _people for person in people(account_set)]
