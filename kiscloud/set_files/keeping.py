"""How files of sets are kept: sealed if the settings say so, under names that are known before they are written."""

import hashlib
import io
import shutil
import tempfile
from collections.abc import Sequence
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from config.sealed_files import SealedReader, SealedWriter, is_sealed
from kiscloud.models import AccountSet
from kiscloud.set_files.manifest import Manifest
from kiscloud.set_files.reading import PURPOSE
from kiscloud.set_files.writing import write_file


def scratch_file() -> BinaryIO:
    """Where a file lies while it is written: on the disk, without a name, gone when it is closed."""
    place = settings.VAR_DIR / "scratch"
    place.mkdir(parents=True, exist_ok=True)
    return cast(BinaryIO, tempfile.TemporaryFile(dir=place))


def write_kept(sets: Sequence[AccountSet], *, to: BinaryIO) -> tuple[Manifest, str, int]:
    """The sets are in the file, which is at its start; answers its manifest, SHA-256 and size in bytes."""
    if settings.SEAL_SET_FILES:
        with SealedWriter(to, purpose=PURPOSE) as sealed:
            manifest = write_file(account_sets=sets, to=cast(BinaryIO, sealed))
    else:
        manifest = write_file(account_sets=sets, to=to)
    to.seek(0)
    digest = hashlib.sha256()
    while piece := to.read(1024 * 1024):
        digest.update(piece)
    size = to.tell()
    to.seek(0)
    return manifest, digest.hexdigest(), size


def keep_plain(name: str, plain: BinaryIO) -> int:
    """The storage has this plain file under exactly this name, sealed if the settings say so; answers its size."""
    plain.seek(0)
    if not settings.SEAL_SET_FILES:
        keep(name, plain)
        return plain.seek(0, io.SEEK_END)
    with scratch_file() as file:
        with SealedWriter(file, purpose=PURPOSE) as sealed:
            shutil.copyfileobj(plain, cast(BinaryIO, sealed), 1024 * 1024)
        size = file.tell()
        file.seek(0)
        keep(name, file)
    return size


def open_kept(name: str) -> BinaryIO:
    """The file as ordinary tools read it, sealed or not, to be closed by the caller. Raises FileNotFoundError."""
    raw = cast(BinaryIO, default_storage.open(name))
    return cast(BinaryIO, io.BufferedReader(SealedReader(raw, purpose=PURPOSE))) if is_sealed(raw) else raw


def keep(name: str, file: BinaryIO) -> None:
    """The storage has this file under exactly this name, in place of one that was there."""
    default_storage.delete(name)
    kept = default_storage.save(name, File(file))
    if kept != name:
        default_storage.delete(kept)
        raise FileExistsError(name)
