"""The fund flow, or bills, as a file: asked for on the page, written in the background, fetched within a week."""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor, require
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.jobs import enqueue
from config.transactions import atomic
from finance import policy
from finance.models import Export
from finance.spreadsheets import CSV_MARK
from finance.tables import TABLES
from finance.worksheet import Cell, Worksheet

JOB = "finance.write_export"
CHUNK = 10_000
DAYS, AMOUNTS = ("since", "until", "month"), ("least", "most")


class TooManyUnderWay(DomainError):
    """Files that wait for a worker take room and time from everybody."""

    code = "too_many_exports"
    sentence = gettext_lazy("%(most)s files are being written for this account. Wait until one of them is ready.")


class ExportGone(DomainError):
    """Not written yet, failed, or past its week."""

    code = "export_gone"
    status = 410
    sentence = gettext_lazy("This file cannot be fetched: it is not ready, or its time is over. Ask for a new one.")


@atomic
def request_export(
    *,
    actor: Actor,
    account: Account,
    file_format: str,
    asked: Mapping[str, Any],
    subject: str = Export.Subject.FLOWS,
    now: datetime | None = None,
) -> Export:
    """A file of these rows will be written soon, in the language of whoever asked. Locks the account's exports by name.

    Raises InputError for a set of rows that is too large, TooManyUnderWay.
    """
    require(actor, Right.SEE_FINANCE, account)
    lock_name(f"exports:{account.pk}")
    if file_format not in Export.Format.values:
        raise InputError("format", _("Choose the kind of file."))
    if Export.objects.filter(account=account).under_way().count() >= policy.EXPORTS_UNDER_WAY_MAX:
        raise TooManyUnderWay(most=policy.EXPORTS_UNDER_WAY_MAX)
    rows = TABLES[subject].rows(account, asked)[: policy.EXPORT_ROWS_MAX + 1].count()
    if rows > policy.EXPORT_ROWS_MAX:
        sentence = _("These are more than %(most)s rows. Choose a shorter time.")
        raise InputError("format", sentence, most=policy.EXPORT_ROWS_MAX)
    export = Export.objects.create(
        account=account,
        subject=subject,
        format=file_format,
        asked=_stored(asked),
        language=translation.get_language() or "",
        rows=rows,
        created_by=actor.user,
        created_at=now or timezone.now(),
    )
    record("funds.export_requested", actor=actor, account=account, subject=export, at=now, rows=rows, about=subject)
    enqueue(JOB, key=f"export-{export.pk}", export=export.pk)
    return export


def write_export(*, export_id: int, now: datetime | None = None) -> None:
    """The file lies there, complete, or not at all. Runs in no transaction, so that its progress is seen.

    The rows stream from the database into a file on this machine's disk and from there into the storage, whatever
    their number. Whoever dies halfway leaves nothing; the next attempt begins anew.
    """
    export = _begin(export_id)
    if export is None:
        return
    suffix = f".{export.format}"
    with translation.override(export.language), tempfile.NamedTemporaryFile("w+b", suffix=suffix) as target:
        write = _write_csv if export.format == Export.Format.CSV else _write_xlsx
        count = write(export, target)
        target.seek(0)
        name = default_storage.save(f"exports/{export.account_id}/{export.pk}{suffix}", File(target))
    _finish(export_id, name, count, now or timezone.now())


@atomic
def _begin(export_id: int) -> Export | None:
    export = Export.objects.select_for_update(of=("self",)).select_related("account").get(pk=export_id)
    if export.state not in {Export.State.QUEUED, Export.State.RUNNING}:
        return None
    export.begin(rows=TABLES[export.subject].rows(export.account, _asked(export)).count())
    export.save(update_fields=["state", "rows", "written"])
    return export


@atomic
def _finish(export_id: int, name: str, count: int, at: datetime) -> None:
    export = Export.objects.select_for_update().get(pk=export_id)
    export.finish(at=at, file=name, size=default_storage.size(name), written=count)
    export.save(update_fields=["state", "file", "bytes", "written", "finished_at"])


def give_up_export(*, export_id: int, now: datetime | None = None) -> None:
    """The page says that it failed; one that ended meanwhile stays as it is."""
    with transaction.atomic():
        export = Export.objects.select_for_update().get(pk=export_id)
        if export.state in {Export.State.QUEUED, Export.State.RUNNING}:
            export.give_up(at=now or timezone.now())
            export.save(update_fields=["state", "finished_at"])


def _write_csv(export: Export, target: IO[bytes]) -> int:
    table, count = TABLES[export.subject], 0
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    text.write(CSV_MARK if table.marked else "")
    lines = csv.writer(text)
    lines.writerow(table.titles())
    for count, cells in enumerate(_rows(export), 1):  # noqa: B007  (the last one is the number of rows)
        lines.writerow([f"{cell:f}" if isinstance(cell, Decimal) else cell for cell in cells])
    text.flush()
    text.detach()
    return count


def _write_xlsx(export: Export, target: IO[bytes]) -> int:
    table, count = TABLES[export.subject], 0
    with Worksheet(target, str(table.title), widths=table.widths) as sheet:
        sheet.append(table.titles())
        for count, cells in enumerate(_rows(export), 1):  # noqa: B007  (the last one is the number of rows)
            sheet.append(cells)
    return count


def _rows(export: Export) -> Iterator[list[Cell]]:
    """Newest first, from one snapshot; every so many it says how far it is."""
    table = TABLES[export.subject]
    found = table.rows(export.account, _asked(export)).iterator(chunk_size=CHUNK)
    for count, row in enumerate(found, 1):
        yield table.cells(export.account_id, row)
        if count % CHUNK == 0:
            Export.objects.filter(pk=export.pk).update(written=count)


def _stored(asked: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in asked.items() if value not in {None, ""}}


def _asked(export: Export) -> dict[str, Any]:
    """The stored filter in the types that tables take."""
    asked: dict[str, Any] = dict(export.asked)
    asked |= {name: date.fromisoformat(asked[name]) for name in DAYS if name in asked}
    return asked | {name: Decimal(asked[name]) for name in AMOUNTS if name in asked}


def open_export(
    *, actor: Actor, account: Account, export_id: int, now: datetime | None = None
) -> "tuple[Export, File[Any]]":
    """The file for an operator of the account that asked for it; who fetched it stands in the log.

    Raises NotFound for everybody else, ExportGone where there is no file or no longer one.
    """
    require(actor, Right.SEE_FINANCE, account)
    at = now or timezone.now()
    export = Export.objects.visible_to(account).filter(pk=export_id).first()
    if export is None:
        raise NotFound()
    if not export.can_be_fetched(at=at):
        raise ExportGone()
    try:
        file = default_storage.open(export.file)
    except FileNotFoundError as error:
        raise ExportGone() from error
    facts: dict[str, Any] = {"rows": export.written, "about": export.subject}
    record("funds.export_fetched", actor=actor, account=account, subject=export, at=at, **facts)
    return export, file


def forget_exports(*, now: datetime | None = None) -> int:
    """Files past their time are deleted, their records stay, and one that no worker ended shows as failed."""
    silent = Export.objects.under_way().filter(created_at__lt=(now or timezone.now()) - policy.EXPORT_SILENT_AFTER)
    for pk in silent.values_list("pk", flat=True):
        give_up_export(export_id=pk, now=now)
    overdue = list(Export.objects.overdue(at=now))
    for export in overdue:
        default_storage.delete(export.file)
        Export.objects.filter(pk=export.pk).update(file="", bytes=0)
    return len(overdue)
