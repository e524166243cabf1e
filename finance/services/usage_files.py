"""Files of usage, CSV or JSON lines, of any size: read piece by piece, each piece kept with how far the file is read.

So whoever dies leaves nothing half done: the next attempt goes on behind the last piece, and nothing comes twice.
"""

import codecs
import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import IO, Any

import psycopg
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from config import strict_json
from config.errors import InputError
from config.jobs import enqueue
from finance import policy
from finance.models import RefusedLine, UsageImport
from finance.services.metering import Intake, take_csv, take_usage, text_of, unreadable
from finance.services.staging import FIELDS, Row

JOB = "finance.import_usage"
State = UsageImport.State
_NEEDED = frozenset(FIELDS) - {"corrects"}


@dataclass(slots=True)
class Piece:
    """Some whole lines of a file, without their ends: which there are, which cannot be read, and where it ends."""

    lines: list[bytes] = field(default_factory=list)
    numbers: Sequence[int] = ()  # of the lines, counted from 1 in the file
    refused: list[tuple[int, str, str]] = field(default_factory=list)  # number, reason, text
    last: int = 0  # the number of the last line
    end: int = 0  # bytes from the beginning of the file


@transaction.atomic
def upload_usage(*, actor: Actor, name: str, content: "File[Any]", now: datetime | None = None) -> UsageImport:
    """The file is stored and will be read soon. Staff only. Raises InputError for one that cannot be read at all."""
    staff = require_staff(actor, "finance.add_usageimport")
    check_file(name=name, content=content)
    stored = default_storage.save(f"usage/{PurePath(name).name}", content)
    row = UsageImport.objects.create(
        name=PurePath(name).name[:200],
        file=stored,
        bytes=default_storage.size(stored),
        created_by=staff,
        created_at=now or timezone.now(),
    )
    record("usage.import_asked", actor=actor, account=None, subject=row, name=row.name)
    enqueue(JOB, key=f"usage-{row.pk}-0", upload=row.pk)
    return row


def check_file(*, name: str, content: "File[Any]") -> None:
    """Raises InputError for a kind of file that is not read, and where each line would be refused for the first."""
    kind = PurePath(name).suffix.lower()
    if kind not in {".csv", ".jsonl", ".ndjson"}:
        raise InputError("file", _("Choose a file of CSV (.csv) or JSON lines (.jsonl)."))
    content.seek(0)
    first = content.read(policy.USAGE_LINE_BYTES_MAX)
    content.seek(0)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("file", _("This file is in UTF-16. Save it in UTF-8."))
    if kind == ".csv" and first.strip():
        _check_columns(first.partition(b"\n")[0])


def _check_columns(line: bytes) -> None:
    if b"\r" in line.strip():
        raise InputError("file", _("The lines of this file end as on old Macs. Save it as CSV with line feeds."))
    names = _names(line)
    if missing := ", ".join(sorted(_NEEDED - set(names))):
        raise InputError("file", _("The first line of the file does not name these columns: %(names)s."), names=missing)
    if twice := ", ".join(sorted({name for name in names if name and names.count(name) > 1})):
        raise InputError("file", _("The first line of the file names these columns twice: %(names)s."), names=twice)


def import_usage(*, upload_id: int, seconds: float = policy.USAGE_RUN_SECONDS, now: datetime | None = None) -> bool:
    """The file is read on, piece by piece, for so long; answers whether it is read to its end.

    Outside of any transaction: each piece commits with the number of bytes that are done with.
    """
    begun = time.monotonic()
    while True:
        if _import_piece(upload_id, now or timezone.now()):
            return True
        if time.monotonic() - begun > seconds:
            return False


def go_on(*, upload_id: int) -> None:
    """Another job reads the file on from where it is."""
    done = UsageImport.objects.values_list("done_bytes", flat=True).get(pk=upload_id)
    enqueue(JOB, key=f"usage-{upload_id}-{done}", upload=upload_id)


def give_up_import(*, upload_id: int, now: datetime | None = None) -> None:
    """The page says that it failed; what was kept stays."""
    with transaction.atomic():
        row = UsageImport.objects.select_for_update().get(pk=upload_id)
        if row.state in {State.QUEUED, State.RUNNING}:
            row.give_up(at=now or timezone.now())
            row.save(update_fields=["state", "finished_at"])


@transaction.atomic
def _import_piece(upload_id: int, now: datetime) -> bool:
    """The next piece is kept, with its place; True when there is none."""
    row = UsageImport.objects.select_for_update().get(pk=upload_id)
    if row.state not in {State.QUEUED, State.RUNNING}:
        return True
    if row.state == State.QUEUED:
        row.begin()
    with default_storage.open(row.file, "rb") as file:
        columns, start = _columns(row, file)
        piece = _next_piece(file, max(row.done_bytes, start), row.lines or int(start > 0))
    if piece.end > row.done_bytes:
        _keep(row, columns, piece, now)
    if piece.end >= row.bytes:
        row.finish(at=now)
    row.save(update_fields=["state", "done_bytes", "lines", "kept", "repeated", "refused", "finished_at"])
    return bool(row.state == State.DONE)


def _columns(row: UsageImport, file: IO[bytes]) -> tuple[Sequence[str] | None, int]:
    """The columns that the first line of a CSV file names, and where the second begins; JSON lines name their own."""
    if not row.file.lower().endswith(".csv"):
        return None, 0
    first = file.readline(policy.USAGE_LINE_BYTES_MAX)
    return _names(first), len(first)


def _names(line: bytes) -> list[str]:
    text = line.decode("utf-8-sig", "replace").strip()
    return [name.strip().lower() for name in next(csv.reader([text]), [])]


def _next_piece(file: IO[bytes], start: int, number: int) -> Piece:
    """Whole lines from there on, a few megabytes at most."""
    file.seek(start)
    body = file.read(policy.USAGE_PIECE_BYTES) + file.readline(policy.USAGE_LINE_BYTES_MAX)
    lines = body.split(b"\n")
    if (
        lines.pop() == b""
        and lines
        and max(map(len, lines)) < policy.USAGE_LINE_BYTES_MAX
        and all(map(bytes.strip, lines))
    ):
        last = number + len(lines)
        return Piece(lines, range(number + 1, last + 1), last=last, end=start + len(body))
    file.seek(start)
    return _careful_piece(file, start, number)


def _careful_piece(file: IO[bytes], start: int, number: int) -> Piece:
    """The same where lines are empty, huge, or end with the file; a huge one is passed over, never held."""
    piece, numbers, size = Piece(end=start, last=number), [], 0
    while size < policy.USAGE_PIECE_BYTES:
        line = file.readline(policy.USAGE_LINE_BYTES_MAX)
        if not line:
            break
        length, whole = len(line), line.endswith(b"\n")
        while not whole and (more := file.readline(policy.USAGE_LINE_BYTES_MAX)):
            length, whole = length + len(more), more.endswith(b"\n")
        piece.last += 1
        piece.end += length
        size += min(length, policy.USAGE_LINE_BYTES_MAX)
        if length > policy.USAGE_LINE_BYTES_MAX:
            piece.refused.append((piece.last, "line_too_long", line[:200].decode("utf-8", "replace")))
            break  # a huge one has taken its time: what is done so far is kept
        if line.strip():
            piece.lines.append(line.removesuffix(b"\n"))
            numbers.append(piece.last)
    piece.numbers = numbers
    return piece


def _keep(row: UsageImport, columns: Sequence[str] | None, piece: Piece, now: datetime) -> None:
    taken = _take(columns, piece, now)
    reasons = {one.line: one for one in taken.refused}
    refused = piece.refused + [
        (piece.numbers[line - 1], one.reason, piece.lines[line - 1][:400].decode("utf-8", "replace"))
        for line, one in sorted(reasons.items())
    ]
    room = max(0, policy.USAGE_REFUSALS_KEPT - row.refused)
    RefusedLine.objects.bulk_create(
        RefusedLine(upload=row, line=number, reason=reason, text=text.strip().replace("\x00", "\ufffd")[:400])
        for number, reason, text in sorted(refused)[:room]
    )
    row.done_bytes, row.lines = piece.end, piece.last
    row.kept += taken.kept
    row.repeated += taken.known
    row.refused += len(refused)


def _take(columns: Sequence[str] | None, piece: Piece, now: datetime) -> Intake:
    """By the database's own reader where every line is plain; else line by line: only the bad ones are refused."""
    if columns is not None and list(columns) == list(FIELDS):
        body = b"\n".join([*piece.lines, b""])
        if b"\\." not in body:
            try:
                with transaction.atomic():
                    return take_csv(piece=body, lines=len(piece.lines), now=now)
            except (psycopg.DataError, psycopg.errors.BadCopyFileFormat):
                pass
    return take_usage(rows=[_read(columns, line) for line in piece.lines], now=now)


def _read(columns: Sequence[str] | None, line: bytes) -> Row:
    """The line as a row; one that cannot be read is a row that says so, and is refused for it."""
    try:
        text = line.decode("utf-8").strip("\r\n\ufeff")
        if columns is None:
            values = strict_json.loads(text)
        else:
            values = dict(zip(columns, next(csv.reader([text])), strict=True))
    except (ValueError, RecursionError, csv.Error, StopIteration):
        return unreadable(reason="unreadable")
    if not isinstance(values, dict) or not values.keys() >= _NEEDED:
        return unreadable(reason="columns")
    return [text_of(value=values.get(name)) for name in FIELDS]
