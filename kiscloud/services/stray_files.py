"""Files that nobody knows of: what is left where a process died between storing a file and writing its row.

Backups have their rows first and are tidied by them (`backups.remove_files`). An archive has its row last: where its
worker died and the product was renewed before it went on, nothing would ever come by again.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from config.models import Job
from config.one_by_one import one_by_one
from kiscloud import policy
from kiscloud.models import Archive, Backup, DriveFile, Release
from kiscloud.services.expiry import PURGE_JOB

log = logging.getLogger(__name__)
FOLDERS: Final[Mapping[str, type[models.Model]]] = {
    "backups": Backup,
    "arrivals": Backup,
    "archives": Archive,
    "drive": DriveFile,
    "releases": Release,
}
_AT_ONCE: Final = 500


def remove_stray(*, now: datetime | None = None) -> int:
    """Files of these folders that are older than any work takes, and that no row names, are gone; answers how many.

    Nothing is locked: a file without a row is either being stored, then it is young, or it is left over. Archives are
    left alone while any of them is being written, because each is written under the same name again.
    """
    before = (now or timezone.now()) - policy.STRAY_AFTER
    found = one_by_one("removing a stray file", _stray(), lambda name: _remove(name, before))
    if found:
        log.warning("files without a row were removed", extra={"count": found})
    return found


def _stray() -> Iterator[str]:
    for folder, model in FOLDERS.items():
        files = _below(folder)
        while names := list(islice(files, _AT_ONCE)):
            known = set(model._default_manager.filter(file__in=names).values_list("file", flat=True))
            yield from (name for name in names if name not in known)


def _below(folder: str) -> Iterator[str]:
    """Every file in it, however deep."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from _named(folder, files)
    for one in _named(folder, folders):
        yield from _below(one)


def _named(folder: str, names: Iterable[str]) -> list[str]:
    return [f"{folder}/{name}" for name in sorted(names) if name]


def _remove(name: str, before: datetime) -> int:
    if default_storage.get_modified_time(name) > before:
        return 0
    if name.startswith("archives/") and Job.objects.filter(kind=PURGE_JOB, state__in=Job.OPEN).exists():
        return 0
    default_storage.delete(name)
    log.warning("a file without a row was removed", extra={"file": name})
    return 1
