"""From the file of an earlier product to one of the present form: step by step, row by row, in bounded memory (S26.2).

What a step does is said in tables of pure functions by whoever owns the rows (`add_steps`); here they are read, changed
and written. Rows are texts by column; in the earlier form an empty field means that there is no value.
"""

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.utils.translation import gettext_lazy as _

from kiscloud.set_contents import came_later, parts
from kiscloud.set_files.manifest import Manifest, SetPart, Table, Unfit
from kiscloud.set_files.reading import Opened
from kiscloud.set_files.writing import columns_of, entry_of, write_entry, write_manifest
from kiscloud.upgrades import is_newer

_LINE: Final = 1024 * 1024  # signs of one line
_BATCH: Final = 500  # rows that are written at once
Row = Mapping[str, str]


class Unreadable(Unfit):
    """A row that is not what its version says."""

    sentence = _("Row %(row)s of the table “%(table)s” in this file cannot be read.")


@dataclass(frozen=True, slots=True)
class Change:
    """Where the rows of a table come from, and what becomes of each; None leaves one out."""

    source: str
    row: Callable[[Row], Row | None] = lambda row: row


@dataclass(frozen=True, slots=True)
class Step:
    """To a version from the one before: each table that is there afterwards; None: it begins empty."""

    to: str
    tables: Mapping[str, Change | None]


_steps: dict[str, Sequence[Step]] = {}


def add_steps(edition: str, steps: Sequence[Step]) -> None:
    """From now on files of the edition are converted by these steps, the oldest first."""
    _steps[edition] = steps


@dataclass(frozen=True, slots=True)
class Conversion:
    """An open file of an earlier version on its way to the present form."""

    opened: Opened
    part: SetPart
    steps: Sequence[Step]

    @classmethod
    def of(cls, opened: Opened, part: SetPart) -> "Conversion":
        """By the steps that lie between the file's version and now. Raises Unfit if tables are missing or foreign."""
        steps = [step for step in _steps.get(part.edition, ()) if is_newer(step.to, part.version)]
        made = cls(opened, part, steps)
        needed = {source for model in parts() if (source := made.source_of(model._meta.db_table))}
        if not steps or {table.name for table in part.tables} != needed:
            raise Unfit()
        return made

    def source_of(self, table: str) -> str | None:
        """The table of the file that the present one comes from; None where it begins empty."""
        source: str | None = table
        for step in reversed(self.steps):
            change = step.tables.get(source) if source else None
            source = change.source if change else None
        return source

    def write(self, *, to: BinaryIO, version: str) -> Manifest:
        """The set in the present form is in `to`, as of this version; answers its manifest. Raises Unfit."""
        last = self.steps[-1].tables
        models_in = [model for model in parts() if model._meta.db_table in last or not came_later(model)]
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
            tables = [self._write_table(model, pack) for model in models_in]
            part = SetPart(
                number=self.part.number,
                name=self.part.name,
                edition=self.part.edition,
                version=version,
                tables=tables,
                people=self.part.people,
                upgraded_from=self.part.version,
            )
            manifest = Manifest(made_at=self.opened.manifest.made_at, sets=[part])
            write_manifest(pack, manifest)
        return manifest

    def _write_table(self, model: type[models.Model], pack: zipfile.ZipFile) -> Table:
        name = model._meta.db_table
        fields = {field.column: field for field in model._meta.concrete_fields if field.db_default is NOT_PROVIDED}
        columns = [column for column in columns_of(model) if column in fields]
        nullable = [fields[column].null for column in columns]
        rows = Counted(self.rows(name))

        def pieces() -> Iterator[bytes]:
            yield (",".join(columns) + "\n").encode()
            for batch in _batches(rows):
                yield "".join(_written(row, columns, nullable, name, rows.count) for row in batch).encode()

        file = entry_of(self.part.number, name)
        size, sha256 = write_entry(pack, file, pieces())
        return Table(name=name, file=file, columns=columns, rows=rows.count, bytes=size, sha256=sha256)

    def rows(self, table: str, left: int | None = None) -> Iterator[Row]:
        """The rows of a table after so many steps, by default after all. Raises Unfit."""
        steps = len(self.steps) if left is None else left
        if steps == 0:
            yield from _read(self.opened, next(one for one in self.part.tables if one.name == table))
            return
        change = self.steps[steps - 1].tables.get(table)
        for number, row in enumerate(self.rows(change.source, steps - 1) if change else (), start=1):
            try:
                changed = change.row(row) if change else None
            except (KeyError, ValueError, ArithmeticError) as error:
                raise Unreadable(row=number, table=change.source if change else table) from error
            if changed is not None:
                yield changed


class Counted:
    """Rows, and how many came by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _read(opened: Opened, table: Table) -> Iterator[Row]:
    """The rows as the file has them."""
    lines = csv.reader(_lines(opened.table(table)), strict=True)
    number = 0
    try:
        if next(lines, None) != table.columns:
            raise Unfit()
        for cells in lines:
            number += 1
            yield dict(zip(table.columns, cells, strict=True))
    except (csv.Error, ValueError) as error:
        raise Unreadable(row=number, table=table.name) from error


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = ""
    for text in codecs.iterdecode(pieces, "utf-8"):
        *lines, rest = (rest + text).split("\n")
        if len(rest) > _LINE:
            raise Unfit()
        yield from (f"{line}\n" for line in lines)
    if rest:
        yield rest


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _written(row: Row, columns: Sequence[str], nullable: Sequence[bool], table: str, number: int) -> str:
    """The row as the present form has it: quoted, but for what has no value where a column may have none."""
    try:
        cells = [row[column] for column in columns]
    except KeyError as error:
        raise Unreadable(row=number, table=table) from error
    quoted = (
        "" if empty and not cell else '"' + cell.replace('"', '""') + '"'
        for cell, empty in zip(cells, nullable, strict=True)
    )
    return ",".join(quoted) + "\n"
