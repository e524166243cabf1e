"""What `benchmarks/backup.py` measures, each in a process of its own."""

from pathlib import Path

from django.db import connection, transaction
from django.test.utils import override_settings

from accounts.actors import Actor, Door
from config.copying import raw_cursor
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.models import AccountSet, Backup, Subscription
from kiscloud.services.backups import make_backup, start_backup
from kiscloud.services.restores import restore_set, start_restore
from kiscloud.set_contents import parts, purge_contents

BLOCK = 256 * 1024


def copy_out(set_id: int, place: Path) -> None:
    """The rows of the set, each table into a file."""
    for table in (model._meta.db_table for model in parts()):
        rows = f"COPY (SELECT * FROM {table} WHERE account_set_id = {set_id} ORDER BY id) TO STDOUT"
        with (place / table).open("wb") as file, raw_cursor() as cursor, cursor.copy(rows) as source:
            for row in source:
                file.write(row)


def purge(set_id: int) -> None:
    """The set is empty, as if it had never been filled."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    purge_contents(account_set=AccountSet.objects.get(pk=set_id))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def copy_in(place: Path) -> None:
    """The rows into the same tables, in one transaction, as the least that can be called a restore."""
    with transaction.atomic():
        for table in (model._meta.db_table for model in parts()):
            with (
                (place / table).open("rb") as file,
                raw_cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN") as to,
            ):
                while block := file.read(BLOCK):
                    to.write(block)


def _founder(product: Subscription) -> Actor:
    return Actor(door=Door.CONSOLE, user=product.company.founder)


def _as_workers_do() -> None:
    """With the limits for statements that the database has for everybody."""
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")


def back_up(set_id: int, media: Path, *, sealed: bool) -> None:
    """By our services, as a person asks and a job does."""
    _as_workers_do()
    account_set = AccountSet.objects.get(pk=set_id)
    with override_settings(MEDIA_ROOT=media, SEAL_SET_FILES=sealed):
        backup = start_backup(actor=_founder(account_set.subscription), set_id=set_id)
        make_backup(backup_id=backup.pk)


def restore(media: Path, *, sealed: bool) -> None:
    """The latest backup by our services, into a new set."""
    _as_workers_do()
    backup = Backup.objects.select_related("subscription__company").latest("pk")
    with override_settings(MEDIA_ROOT=media, SEAL_SET_FILES=sealed):
        actor, product = _founder(backup.subscription), backup.subscription_id
        started = start_restore(actor=actor, subscription_id=product, backup_id=backup.pk, name="回来")
        restore_set(set_id=started.pk)


def check(set_id: int) -> None:
    """What was restored is what was backed up, or the benchmark ends here."""
    old, new = AccountSet.objects.get(pk=set_id), AccountSet.objects.latest("pk")
    if new.state != AccountSet.State.READY:
        raise SystemExit(f"not restored: {new.fault}")
    for model in parts():
        counts = [model.objects.filter(account_set=one).count() for one in (old, new)]  # type: ignore[attr-defined]
        if counts[0] != counts[1]:
            raise SystemExit(f"{model._meta.db_table} has {counts[1]} rows, not {counts[0]}")
    month = old.books.month
    sheets = [[(row.subject.code, row.amounts) for row in trial_balance(one, month).rows] for one in (old, new)]
    if sheets[0] != sheets[1]:
        raise SystemExit("the trial balances differ")
