"""With a bucket in the settings, backups lie there, and come and go as they do on the disk."""

import base64
import os
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from config.jobs import run_due
from config.models import Job
from kiscloud.models import AccountSet, Backup
from kiscloud.services import backups, restores
from kiscloud.set_files.keeping import open_kept
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import active, make_company, make_set, person
from tests.servers.s3 import Bucket, s3_server

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def serving() -> Iterator[Bucket]:
    with s3_server() as bucket:
        yield bucket


@pytest.fixture
def bucket(serving: Bucket, settings: Settings) -> Iterator[Bucket]:
    """Chosen by the settings."""
    chosen = {"BACKEND": "config.file_storage.S3Files", "OPTIONS": serving.options}
    settings.STORAGES = {**settings.STORAGES, "default": chosen}
    yield serving
    serving.empty()


@pytest.fixture
def account_set(tables: Tables) -> AccountSet:
    made = make_set(active(make_company()))
    fill(tables, made)
    return made


def begin(account_set: AccountSet) -> Backup:
    founder = account_set.subscription.company.founder
    return backups.start_backup(actor=person(founder), set_id=account_set.pk)


def last_attempt() -> None:
    """Of the job that waits."""
    Job.objects.filter(kind=backups.JOB).update(attempts=Job.ATTEMPTS_MAX - 1)
    run_due()


@pytest.mark.rule("S16.5", "S16.11", "S16.12", "S17.1")
def test_made_fetched_restored_and_deleted(bucket: Bucket, account_set: AccountSet, tables: Tables) -> None:
    backup = begin(account_set)
    run_due()
    backup.refresh_from_db()
    assert (backup.state, bucket.names()) == ("success", [backup.file.name])
    assert default_storage.size(backup.file.name) == backup.size
    with zipfile.ZipFile(open_kept(backup.file.name)) as pack:
        assert pack.testzip() is None
    product = account_set.subscription
    into = {"subscription_id": product.pk, "backup_id": backup.pk, "name": "回来的账套"}
    back = restores.start_restore(actor=person(product.company.founder), **into)  # type: ignore[arg-type]
    run_due()
    back.refresh_from_db()
    assert back.state == "ready", back.fault
    assert [row[:4] for row in contents(tables, back)] == [row[:4] for row in contents(tables, account_set)]
    backups.drop(backup_id=backup.pk, at=backup.created_at)
    assert backups.remove_files() == 1
    assert bucket.names() == []


def test_a_bucket_that_breaks_midway_keeps_nothing(bucket: Bucket, account_set: AccountSet, tables: Tables) -> None:
    long = base64.b64encode(os.urandom(9 * 1024 * 1024)).decode()
    tables.page.objects.filter(account_set=account_set, text="").update(text=long)  # so that it goes in parts
    backup = begin(account_set)
    bucket.refuses = lambda environ: "partNumber=2" in environ["QUERY_STRING"]
    last_attempt()
    backup.refresh_from_db()
    assert (backup.state, bool(backup.fault), bucket.names()) == ("failed", True, [])
    assert backups.remove_files() == 1


def test_one_that_cannot_be_removed_now_is_removed_later(
    bucket: Bucket, account_set: AccountSet, django_capture_on_commit_callbacks: Any
) -> None:
    backup = begin(account_set)
    run_due()
    bucket.refuses = lambda environ: environ["REQUEST_METHOD"] == "DELETE"
    with django_capture_on_commit_callbacks(execute=True):
        backups.drop(backup_id=backup.pk, at=backup.created_at)
    assert (Backup.objects.get().state, len(bucket.names())) == ("deleted", 1)
    assert (backups.remove_files(), len(bucket.names())) == (0, 1)
    bucket.refuses = lambda _environ: False
    assert (backups.remove_files(), bucket.names()) == (1, [])
