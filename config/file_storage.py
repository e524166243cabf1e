"""Files in an S3 bucket: read by ranges, written in parts, so that no file is in memory or on the disk as a whole.

`S3_BUCKET` and its companions choose it (`config.env.file_storage`); without them files lie below `VAR_DIR`. Names
behave as they do there: a name that is taken is never written over, and what is missing is a `FileNotFoundError`.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from config.errors import DomainError

PART: Final = 8 * 1024 * 1024  # bytes of a part that is sent
RANGE: Final = 4 * 1024 * 1024  # bytes of a part that is fetched
ABSENT: Final = frozenset({"404", "NoSuchKey"})


class FilesOutOfReach(DomainError):
    """The bucket does not answer, or refuses; whatever was to be done with a file was not done."""

    code = "files_out_of_reach"
    status = 503
    sentence = _("The store of files cannot be reached just now, so nothing was done.")
    hint = _("Please try again in a few minutes.")


class S3Files(S3Storage):
    """The bucket of the settings."""

    def __init__(self, *, addressing_style: str = "auto", **options: Any) -> None:
        client = Config(
            s3={"addressing_style": addressing_style},
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            # Not every server that speaks S3 knows the newer check sums; ours are in the files.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        parts = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
        super().__init__(**{"client_config": client, "transfer_config": parts, "file_overwrite": False, **options})

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        if mode != "rb":
            raise ValueError("Files in the bucket are read as bytes, and written by save().")
        with _spoken(name):
            found = _Ranges(self.bucket.Object(self._normalize_name(name)))
        return File(io.BufferedReader(found, RANGE), name)

    def _save(self, name: str, content: Any) -> str:
        with _spoken(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """It is gone, or never was."""
        with _spoken(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        with _spoken(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        """In bytes."""
        with _spoken(name):
            return int(super().size(name))


class _Ranges(io.RawIOBase):
    """An object of the bucket, fetched piece by piece; never a mixture of two that had its name one after the other."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self._object, self._at = found, 0
        self._size, self._version = found.content_length, found.e_tag

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        end = min(self._at + len(buffer), self._size)
        if self._at >= end:
            return 0
        with _spoken(self._object.key):
            answer = self._object.get(Range=f"bytes={self._at}-{end - 1}", IfMatch=self._version)
            found = answer["Body"].read()
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


@contextmanager
def _spoken(name: str) -> Iterator[None]:
    """What the bucket says becomes what files usually say, or a sentence."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ABSENT:
            raise FileNotFoundError(name) from error
        raise FilesOutOfReach from error
    except (BotoCoreError, S3UploadFailedError) as error:
        raise FilesOutOfReach from error
