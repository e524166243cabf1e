"""Files in a bucket behave like files on the disk; a bucket that is described by half stops the start."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.base import ContentFile

from config import env
from config.file_storage import PART, RANGE, FilesOutOfReach, S3Files
from tests.servers.s3 import BUCKET, Bucket, s3_server

WHOLE = {"S3_BUCKET": "files", "S3_ENDPOINT": "https://s3.example.com", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3_server() as serving:
        yield serving


@pytest.fixture
def files(bucket: Bucket) -> Iterator[S3Files]:
    yield S3Files(**bucket.options)
    bucket.empty()


def test_a_large_file_goes_there_and_back_in_parts(files: S3Files, tmp_path: Path, bucket: Bucket) -> None:
    piece, count = os.urandom(1024 * 1024), 2 * PART // (1024 * 1024) + 1
    with (tmp_path / "sent").open("w+b") as source:
        for _number in range(count):
            source.write(piece)
        files.save("a/large", File(source))
    assert bucket.owner.head_object(Bucket=BUCKET, Key="a/large")["ETag"].endswith('-3"')  # in three parts
    with files.open("a/large") as back:
        assert all(back.read(len(piece)) == piece for _number in range(count))
        assert back.read() == b""


def test_names_and_absence_are_as_on_the_disk(files: S3Files) -> None:
    assert files.save("a/name", ContentFile(b"first")) == "a/name"
    other = files.save("a/name", ContentFile(b"second"))
    assert other != "a/name"
    with files.open("a/name") as file:
        assert (file.size, file.read(2), file.seek(-2, 2), file.read(), file.read()) == (5, b"fi", 3, b"st", b"")
    assert (files.exists(other), files.size(other)) == (True, 6)
    for _turn in range(2):
        files.delete(other)
    assert not files.exists(other)
    with pytest.raises(FileNotFoundError):
        files.open(other)


def test_a_file_that_is_replaced_while_it_is_read_is_no_mixture(files: S3Files) -> None:
    files.save("a", ContentFile(b"x" * 2 * RANGE))
    with files.open("a") as file:
        file.read(10)
        files.delete("a")
        files.save("a", ContentFile(b"y" * 2 * RANGE))
        with pytest.raises(FilesOutOfReach):
            file.read()


def test_a_refusal_is_a_sentence(files: S3Files, bucket: Bucket) -> None:
    bucket.refuses = lambda _environ: True
    for act in (lambda: files.open("a"), lambda: files.save("a", ContentFile(b"a")), lambda: files.delete("a")):
        with pytest.raises(FilesOutOfReach) as refusal:
            act()
        assert str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"S3_BUCKET": ""}, "S3_BUCKET"),
        ({"S3_SECRET_KEY": ""}, "S3_SECRET_KEY"),
        ({"S3_ACCESS_KEY": "", "S3_SECRET_KEY": ""}, "S3_ENDPOINT"),
        ({"S3_ENDPOINT": "s3.example.com"}, "https://"),
        ({"S3_ADDRESSING": "host"}, "S3_ADDRESSING"),
    ],
)
def test_a_bucket_described_by_half_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], word: str
) -> None:
    for name, value in {**WHOLE, **changes}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=word):
        env.file_storage()


def test_without_a_bucket_files_lie_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.file_storage()["BACKEND"].endswith("FileSystemStorage")
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert env.file_storage()["OPTIONS"]["bucket_name"] == "files"
