"""The personal drive: files that nobody but their person sees, sealed where they lie (S20.15, S20.16)."""

import io
import unicodedata
import uuid
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, person_of
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import User
from config.errors import DomainError, InputError, NotFound
from config.sealed_files import SealedReader, SealedWriter
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import DriveFile
from kiscloud.set_files.keeping import keep, scratch_file

PURPOSE = "kiscloud.drive"
PIECE = 256 * 1024
NAME_LENGTH = 200
FORBIDDEN = frozenset('\\/:*?"<>|')  # by one of the systems that clients run on


class TooLarge(DomainError):
    """One file is at most so large."""

    code = "file_too_large"
    status = 413
    sentence = _("A file in the personal drive has at most %(most)s MB.")


class DriveFull(DomainError):
    """The person's files together are at most so large."""

    code = "drive_full"
    sentence = _("Your drive holds %(most)s MB, and %(used)s MB of it are used.")
    hint = _("Delete files that you no longer need.")


def files_of(*, user: User) -> "models.QuerySet[DriveFile]":
    """The person's files."""
    return DriveFile.objects.filter(user=user)


def used_by(*, user: User) -> int:
    """How many bytes the person's files have."""
    return files_of(user=user).aggregate(total=models.Sum("size"))["total"] or 0


def store_file(*, actor: Actor, name: str, content: BinaryIO, now: datetime | None = None) -> DriveFile:
    """The drive has this file under this name, in place of one that had it.

    The file is written first and forgotten if its row is refused. Raises InputError, TooLarge, DriveFull.
    """
    shown = clean_file_name(name=name)
    place = f"drive/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"
    with scratch_file() as scratch:
        size = _sealed(content, scratch)
        keep(place, scratch)
    try:
        return _put(actor=actor, name=shown, place=place, size=size, at=now or timezone.now())
    except BaseException:
        default_storage.delete(place)
        raise


@atomic
def _put(*, actor: Actor, name: str, place: str, size: int, at: datetime) -> DriveFile:
    """Locks the person's drive."""
    user = person_of(actor)
    lock_name(f"drive:{user.pk}")
    old = files_of(user=user).filter(name=name).first()
    used = used_by(user=user) - (old.size if old else 0)
    if used + size > policy.PERSONAL_DRIVE:
        raise DriveFull(most=policy.PERSONAL_DRIVE >> 20, used=used >> 20)
    if old is None and files_of(user=user).count() >= policy.DRIVE_FILES:
        raise InputError("name", _("The drive holds at most %(most)s files."), most=policy.DRIVE_FILES)
    if old is not None:
        former = str(old.file.name)
        transaction.on_commit(lambda: default_storage.delete(former), robust=True)
        old.size, old.file, old.created_at = size, place, at
        old.save(update_fields=["size", "file", "created_at"])
        return old
    return DriveFile.objects.create(user=user, name=name, size=size, file=place, created_at=at)


def open_file(*, actor: Actor, file_id: int) -> tuple[DriveFile, BinaryIO]:
    """The file of this person, to be read and closed by the caller. Raises NotFound, for administrators, too."""
    found = files_of(user=person_of(actor)).filter(pk=file_id).first()
    if found is None:
        raise NotFound()
    raw = cast(BinaryIO, default_storage.open(str(found.file.name)))
    return found, cast(BinaryIO, io.BufferedReader(SealedReader(raw, purpose=PURPOSE)))


@atomic
def delete_file(*, actor: Actor, file_id: int, now: datetime | None = None) -> None:
    """The file is gone. Locks it. Raises NotFound, for administrators, too."""
    found = files_of(user=person_of(actor)).select_for_update().filter(pk=file_id).first()
    if found is None:
        raise NotFound()
    place = str(found.file.name)
    transaction.on_commit(lambda: default_storage.delete(place), robust=True)
    record("drive.deleted", actor=actor, account=None, subject=actor.user, at=now)
    found.delete()


def clean_file_name(*, name: str) -> str:
    """A name that every client can give to a file. Raises InputError."""
    shown = unicodedata.normalize("NFC", name).strip().rstrip(".")
    if not shown or len(shown) > NAME_LENGTH:
        raise InputError("name", _("A file has a name of 1 to %(most)s characters."), most=NAME_LENGTH)
    if any(sign in FORBIDDEN or unicodedata.category(sign)[0] == "C" for sign in shown):
        raise InputError(
            "name", _("A name of a file has none of these characters: %(signs)s"), signs='\\ / : * ? " < > |'
        )
    return shown


def _sealed(content: BinaryIO, to: BinaryIO) -> int:
    """The content stands sealed in `to`, which is at its start; answers how many bytes it had."""
    size = 0
    with SealedWriter(to, purpose=PURPOSE) as sealed:
        while piece := content.read(PIECE):
            size += len(piece)
            if size > policy.DRIVE_FILE:
                raise TooLarge(most=policy.DRIVE_FILE >> 20)
            sealed.write(piece)
    to.seek(0)
    return size
