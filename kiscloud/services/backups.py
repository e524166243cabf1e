"""Backups: begun by hand or by the day, made by a job, tried by restoring them, the old ones removed (S16, C9)."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from config.errors import DomainError, NotFound
from config.jobs import abandoned, enqueue
from config.one_by_one import one_by_one
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import AccountSet, Backup, Company, Subscription
from kiscloud.models.account_set import AccountSetQuerySet
from kiscloud.services.companies import locked_company, require_admin
from kiscloud.set_files import Manifest
from kiscloud.set_files.keeping import keep, scratch_file, write_kept

JOB: Final = "kiscloud.back_up"
TRY_JOB: Final = "kiscloud.try_backup"
EXAMINE_JOB: Final = "kiscloud.examine_backup"  # that a private server sent
CONVERT_JOB: Final = "kiscloud.convert_backup"  # of an earlier product
Kind = Backup.Kind


class DriveFull(DomainError):
    """The company's drive takes no more backups."""

    code = "backup_drive_full"
    rule = "S16.3"
    sentence = _("“%(company)s” has %(count)s backups made by hand or sent by private servers; more are not possible.")
    hint = _("Delete backups that you no longer need, then start again.")


class SetNotReady(DomainError):
    """A set that is being made, restored or is gone has nothing to back up."""

    code = "set_not_ready"
    sentence = _("The account set “%(set)s” is “%(state)s”, so it cannot be backed up now.")


class DataGone(DomainError):
    """The product's data was deleted after its end."""

    code = "product_purged"
    rule = "S10.4"
    sentence = _("The data of %(product)s was deleted on %(day)s.")


@atomic
def start_backup(*, actor: Actor, set_id: int, now: datetime | None = None) -> Backup:
    """A backup of the set is being made and stands in the list (S16.1, S16.2); a job makes it.

    Possible until the product's data is deleted, also when it is expired (S10.3). Locks the company. Raises NotFound,
    DriveFull, SetNotReady, DataGone.
    """
    at = now or timezone.now()
    account_set = _set(set_id)
    product = account_set.subscription
    company = locked_company(company_id=product.company_id)
    user = require_admin(actor=actor, company=company)
    if account_set.state != AccountSet.State.READY:
        raise SetNotReady(set=account_set.name, state=account_set.get_state_display())
    require_data(product=product)
    require_room(company=company)
    backup = Backup.objects.create(kind=Kind.MANUAL, created_by=user, created_at=at, **Backup.facts_of(account_set))
    enqueue(JOB, key=f"backup-{backup.pk}", backup=backup.pk)
    _note("started", actor, backup, at)
    return backup


def require_data(*, product: Subscription) -> None:
    """The product's data was not deleted yet. Raises DataGone."""
    if product.purged_at is not None:
        raise DataGone(product=product.get_edition_display(), day=f"{timezone.localtime(product.purged_at):%Y-%m-%d}")


def require_room(*, company: Company) -> None:
    """One more file fits into the locked company's drive (S16.3, Q-8). Raises DriveFull."""
    count = Backup.objects.in_drive(company).count()
    if count >= policy.BACKUPS_MAX:
        raise DriveFull(company=company.name, count=count)


def in_public_cloud() -> "AccountSetQuerySet":
    """The sets that have a backup each day: in use, of products that are here and whose data was not deleted."""
    products = Subscription.objects.listed().filter(purged_at=None).exclude(mode=Subscription.Mode.PRIVATE)
    return AccountSet.objects.filter(state=AccountSet.State.READY, subscription__in=products)


def start_daily(*, now: datetime | None = None) -> int:
    """Every set in the public cloud has a backup of this day being made (S16.8); answers how many began.

    Whoever comes second on a day begins none. Each set commits by itself, so one that cannot hinders no other (C15).
    One begins after the other, lest a thousand of them keep letters and codes waiting.
    """
    at = now or timezone.now()
    day = timezone.localtime(at).date()
    made = Backup.objects.filter(kind=Kind.AUTOMATIC, day=day, account_set=OuterRef("pk"))
    wanted = in_public_cloud().filter(~Exists(made)).select_related("subscription").order_by("pk")
    places = enumerate(wanted.iterator())
    return one_by_one(JOB, places, lambda found: _start_automatic(found[1], day, at, found[0] * policy.BACKUP_PACE))


@atomic
def _start_automatic(account_set: AccountSet, day: date, at: datetime, wait: timedelta) -> int:
    """Its job runs after the wait."""
    backup, fresh = Backup.objects.get_or_create(
        account_set=account_set,
        kind=Kind.AUTOMATIC,
        day=day,
        defaults={**Backup.facts_of(account_set), "created_at": at},
    )
    if fresh:
        enqueue(JOB, key=f"backup-{backup.pk}", run_after=at + wait, backup=backup.pk)
    return int(fresh)


def make_backup(*, backup_id: int, now: datetime | None = None) -> None:
    """The file of the backup is complete and kept, and its row says so; done twice it is done once.

    The file's name is fixed by the backup, so that one left by a killed worker is written over. Nothing is locked
    while it is written; then the row is. Call it outside of transactions.
    """
    backup = Backup.objects.select_related("account_set__subscription").get(pk=backup_id)
    if backup.state != Backup.State.CREATING:
        return
    if backup.account_set is None or backup.account_set.state != AccountSet.State.READY:
        give_up(backup_id=backup_id, fault=str(_("The account set is no longer in use.")))
        return
    with scratch_file() as file:
        manifest, digest, size = write_kept([backup.account_set], to=file)
        keep(backup.file_name, file)
    _finish(backup_id, manifest, digest, size, now or timezone.now())


@atomic
def _finish(backup_id: int, manifest: Manifest, digest: str, size: int, at: datetime) -> None:
    backup = Backup.objects.select_for_update().get(pk=backup_id)
    if backup.state != Backup.State.CREATING:
        return
    backup.finish(at=at)
    backup.file.name, backup.sha256, backup.size = backup.file_name, digest, size
    backup.manifest, backup.unpacked = asdict(manifest), sum(part.bytes for part in manifest.sets)
    backup.save(update_fields=["state", "finished_at", "file", "sha256", "size", "manifest", "unpacked"])
    AccountSet.objects.filter(backups=backup).update(size=backup.unpacked)
    _note("made", SYSTEM, backup, at)
    if backup.kind == Kind.AUTOMATIC:
        enqueue(TRY_JOB, key=f"try-{backup.pk}", backup=backup.pk)


@atomic
def give_up(*, backup_id: int, fault: str, now: datetime | None = None) -> None:
    """The backup failed, and says why; one that is complete or gone stays as it is. Locks it."""
    backup = Backup.objects.select_for_update().get(pk=backup_id)
    if backup.state == Backup.State.CREATING:
        backup.fail(fault=fault)
        backup.file.name = backup.file_name
        backup.save(update_fields=["state", "fault", "file"])
        _note("failed", SYSTEM, backup, now or timezone.now())


def fail_abandoned(*, now: datetime | None = None) -> int:
    """Backups whose job died too often do not stay “being made” for ever; answers how many failed so."""
    dead = [pk for kind in (JOB, EXAMINE_JOB, CONVERT_JOB) for pk in abandoned(kind, of="backup")]
    left = Backup.objects.filter(state=Backup.State.CREATING, pk__in=dead)
    found = list(left.values_list("pk", flat=True))
    for pk in found:
        give_up(backup_id=pk, fault=str(_("It was interrupted too often.")), now=now)
    return len(found)


def remove_old(*, now: datetime | None = None) -> int:
    """Of each set the seven latest automatic backups are left (S16.9); answers how many went.

    One that could not be restored goes for a newer one, and never in place of the last that may still be good.
    """
    at = now or timezone.now()
    complete, fit = Q(state=Backup.State.SUCCESS), Q(state=Backup.State.SUCCESS, unfit="")
    rows = Backup.objects.standing().filter(kind=Kind.AUTOMATIC)
    counted = rows.annotate(complete_since=_since(complete), fit_since=_since(fit))
    old = counted.filter(
        fit & Q(complete_since__gt=policy.AUTOMATIC_KEPT, fit_since__gt=1)
        | complete & ~Q(unfit="") & Q(complete_since__gt=1)
        | Q(state=Backup.State.FAILED, complete_since__gte=policy.AUTOMATIC_KEPT)
    )
    found = [row.pk for row in old]
    return one_by_one("removing an old backup", found, lambda pk: drop(backup_id=pk, at=at))


def _since(condition: Q) -> Window:
    """How many such backups the set has from this one on, itself counted."""
    return Window(Count("pk", filter=condition), partition_by=F("account_set"), order_by=F("day").desc())


@atomic
def drop(*, backup_id: int, at: datetime) -> int:
    """The backup is gone, and after the commit its file is; answers how many that are. Locks it."""
    backup = Backup.objects.select_for_update().get(pk=backup_id)
    if backup.state == Backup.State.DELETED:
        return 0
    backup.delete_for_good(at=at)
    backup.save(update_fields=["state", "deleted_at"])
    transaction.on_commit(lambda: remove_file(backup=backup), robust=True)  # else `remove_files` comes by
    return 1


def remove_file(*, backup: Backup) -> int:
    """The file of a backup that failed or is gone is removed; should it be killed, `remove_files` comes by again."""
    default_storage.delete(backup.file_name)
    if backup.kind == Kind.PRIVATE:
        default_storage.delete(backup.arrival_name)
    return Backup.objects.filter(pk=backup.pk).update(file="")


def remove_files() -> int:
    """Files of which only a killed process left something are gone; answers how many."""
    left = Backup.objects.filter(state__in=[Backup.State.DELETED, Backup.State.FAILED]).exclude(file="")
    return one_by_one("removing a file", list(left), lambda backup: remove_file(backup=backup))


def _set(set_id: int) -> AccountSet:
    found = AccountSet.objects.standing().select_related("subscription__company").filter(pk=set_id).first()
    if found is None:
        raise NotFound()
    return found


def _note(what: str, actor: Actor, backup: Backup, at: datetime) -> None:
    facts: dict[str, Any] = {"set": backup.set_name, "number": backup.set_number, "kind": backup.kind}
    record(f"backup.{what}", actor=actor, account=backup.company.account, subject=backup, at=at, **facts)
