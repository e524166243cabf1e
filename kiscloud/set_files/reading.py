"""Reading the file of a set: what it says is checked first, sizes and hashes while it is unpacked."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from config.sealed_files import Broken, SealedReader, is_sealed
from kiscloud.set_files.manifest import NAME, VERSION, Manifest, SetPart, Table, Unfit, parsed

PURPOSE: Final = "set file"  # what kept files are sealed for
_PIECE: Final = 256 * 1024
_AT_ONCE: Final = 4 * 1024 * 1024  # bytes that are read in one go: the manifest, the list of what is in the file
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, Broken, NotImplementedError, RuntimeError, KeyError, ValueError)


class _Frugal(io.RawIOBase):
    """The file, of which nothing large is read at once: a list of millions of names would fill the memory."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; all that is left where no number is given."""
        if size > _AT_ONCE or len(found := self._file.read(size if size >= 0 else _AT_ONCE + 1)) > _AT_ONCE:
            raise zipfile.BadZipFile
        return found

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """To where it goes on."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return self._file.tell()

    def seekable(self) -> bool:
        """It is."""
        return True


class Larger(Unfit):
    """More comes out of the file than it says."""

    code = "file_larger_than_said"
    sentence = _("More comes out of this file than it says, so it was not unpacked any further.")


class TooMuch(Unfit):
    """The file says that more comes out of it than is taken."""

    code = "file_too_large"
    status = 413
    sentence = _("The set in this file is %(size)s unpacked; at most %(most)s are taken.")


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file whose manifest was read and fits what is in it."""

    manifest: Manifest
    pack: zipfile.ZipFile

    def only_set(self, *, most: int | None = None) -> SetPart:
        """The one set of a backup. Raises Unfit, and TooMuch if it says that it has more than `most` bytes."""
        if len(self.manifest.sets) != 1:
            raise Unfit(_("This file holds several account sets; choose a file with one."))
        part = self.manifest.sets[0]
        if most is not None and part.bytes > most:
            raise TooMuch(size=filesizeformat(part.bytes), most=filesizeformat(most))
        return part

    def table(self, table: Table) -> Iterator[bytes]:
        """The table as CSV with a line of names, in pieces; never more than it says. Raises Unfit."""
        size, digest = 0, hashlib.sha256()
        with _damage(), self.pack.open(table.file) as source:
            while piece := source.read(_PIECE):
                size += len(piece)
                if size > table.bytes:
                    raise Larger()
                digest.update(piece)
                yield piece
        if size != table.bytes or digest.hexdigest() != table.sha256:
            raise Unfit()

    def examine(self, *, most: int) -> SetPart:
        """The one set, after all of it was unpacked to nowhere: bytes, hashes and counts are as the file says.

        Raises Unfit, and TooMuch before anything is unpacked if it says more than `most` bytes.
        """
        part = self.only_set(most=most)
        for table in part.tables:
            if sum(_lines(self.table(table))) != table.rows + 1:  # the first line names the columns
                raise Unfit()
        return part


def _lines(pieces: Iterator[bytes]) -> Iterator[int]:
    """How many lines of CSV end in each piece; breaks between quotes are no ends."""
    quoted = False
    for piece in pieces:
        for place, text in enumerate(piece.split(b'"')):
            quoted = quoted if place == 0 else not quoted
            yield 0 if quoted else text.count(b"\n")


@contextmanager
def open_file(raw: BinaryIO, *, version: int = VERSION) -> Iterator[Opened]:
    """The file, sealed or not, with its manifest; nothing else is unpacked yet. Raises Unfit with a sentence.

    What is not named in the manifest is never unpacked; two entries of one name or a name that leads elsewhere make
    the file unfit.
    """
    with _damage():
        plain = io.BufferedReader(SealedReader(raw, purpose=PURPOSE)) if is_sealed(raw) else raw
        pack = zipfile.ZipFile(_Frugal(plain))
    with pack:
        with _damage():
            names = [entry.filename for entry in pack.infolist()]
            if any(entry.compress_type not in _PACKED for entry in pack.infolist()):
                raise Unfit()
            if pack.getinfo(NAME).file_size > _AT_ONCE:
                raise Unfit()
            manifest = parsed(pack.read(NAME), version=version)
        said = [table.file for part in manifest.sets for table in part.tables]
        if sorted(names) != sorted([NAME, *said]) or len(set(said)) != len(said):
            raise Unfit()
        yield Opened(manifest, pack)


@contextmanager
def _damage() -> Iterator[None]:
    """What the libraries say of a damaged file becomes a sentence."""
    try:
        yield
    except _DAMAGED as error:
        raise Unfit() from error
