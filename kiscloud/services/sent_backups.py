"""Backups that private servers send into the company's drive: each kept once, as it came, then looked through (S16.5).

What the manifest tells is judged while the server waits; the rows, millions perhaps, by a job.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from config.errors import DomainError, NotFound
from config.jobs import enqueue
from config.one_by_one import one_by_one
from config.transactions import atomic
from kiscloud import policy
from kiscloud.editions import EDITIONS, Edition
from kiscloud.models import Backup, PrivateServer, Subscription
from kiscloud.services.backups import (
    CONVERT_JOB,
    EXAMINE_JOB,
    TRY_JOB,
    drop,
    give_up,
    remove_file,
    require_data,
    require_room,
)
from kiscloud.services.companies import locked_company
from kiscloud.services.subscriptions import company_of
from kiscloud.set_files import Manifest, Unfit, open_file
from kiscloud.set_files.keeping import keep_plain, scratch_file
from kiscloud.set_files.manifest import SetPart

State = Backup.State
PIECE = 1024 * 1024


class TooLarge(DomainError):
    """One file is at most so large."""

    code = "file_too_large"
    status = 413
    sentence = _("A backup that is sent has at most %(most)s.")


class Garbled(DomainError):
    """What arrived is not what was sent."""

    code = "file_garbled"
    status = 422
    sentence = _("The file did not arrive as it was sent: its SHA-256 is another one.")
    hint = _("Send it again.")


class OtherProduct(DomainError):
    """The set in the file is of another edition."""

    code = "other_product"
    rule = "S17.3"
    status = 422
    sentence = _("The set in this file is of %(of)s, but here is %(product)s.")


class BeingKept(DomainError):
    """The same file is arriving a second time at once."""

    code = "backup_under_way"
    sentence = _("The same file is being kept just now. Send it again in %(seconds)s seconds to be sure.")


class BrokenOff(DomainError):
    """It took so long that it was given up meanwhile."""

    code = "backup_broken_off"
    sentence = _("Keeping the file took too long, so it was given up.")
    hint = _("Send it again.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A backup, and whether this call brought it."""

    backup: Backup
    fresh: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Whose file it is, and how it is known: by its SHA-256 as it came."""

    product: Subscription
    sha256: str
    actor: Actor
    sender: str  # as the log names it


def receive_backup(*, server: PrivateServer, content: BinaryIO, sha256: str, now: datetime | None = None) -> Sent:
    """The product has this file among its private backups, once, however often it is sent; a job looks through it.

    What its manifest tells is judged at once, and then nothing of it stays. The server has shown its code. Nothing is
    locked while the file comes; then the company is. Call it outside of transactions. Raises NotFound, DriveFull,
    DataGone, TooLarge, Garbled, Unfit, OtherProduct, BeingKept, BrokenOff.
    """
    at = now or timezone.now()
    source = Source(server.subscription, sha256, SYSTEM, server.cloud_id)
    if (known := known_backup(source=source)) is not None:
        return Sent(known, fresh=False)
    require_data(product=source.product)
    require_room(company=source.product.company)
    with scratch_file() as file:
        if take(content=content, to=file) != sha256:
            raise Garbled
        with open_file(file) as opened:
            part = opened.only_set(most=policy.SENT_UNPACKED)
        require_edition(of=part.edition, product=source.product)
        return keep_arrived(source=source, plain=file, part=part, job=EXAMINE_JOB, at=at)


def examine_sent(*, backup_id: int, now: datetime | None = None) -> None:
    """The backup that arrived is complete: all of it is as its manifest says; or it failed and says why.

    Done twice it is done once. Nothing is locked while it is read; then the row is. Call it outside of transactions.
    """
    backup = Backup.objects.get(pk=backup_id)
    if backup.state != State.CREATING:
        return
    try:
        with default_storage.open(backup.file.name) as file, open_file(cast(BinaryIO, file)) as opened:
            opened.examine(most=policy.SENT_UNPACKED)
    except (Unfit, FileNotFoundError) as error:
        give_up(backup_id=backup_id, fault=fault_of(error=error), now=now)
    else:
        finish_sent(backup_id=backup_id, manifest=opened.manifest, size=backup.size, at=now or timezone.now())


def fault_of(*, error: Unfit | FileNotFoundError) -> str:
    """As the backup says it."""
    return str(error) if isinstance(error, Unfit) else str(_("The file is gone."))


def take(*, content: BinaryIO, to: BinaryIO) -> str:
    """All of the content is in `to`, which is at its start; answers its SHA-256. Raises TooLarge."""
    digest, size = hashlib.sha256(), 0
    while piece := content.read(PIECE):
        size += len(piece)
        if size > policy.SENT_FILE:
            raise TooLarge(most=filesizeformat(policy.SENT_FILE))
        digest.update(piece)
        to.write(piece)
    to.seek(0)
    return digest.hexdigest()


def require_edition(*, of: str, product: Subscription) -> None:
    """The set is of the product's edition. Raises Unfit for one that nobody knows, OtherProduct."""
    if of not in Edition.values:
        raise Unfit()
    if of != product.edition:
        raise OtherProduct(of=Edition(of).label, product=product.get_edition_display())


def known_backup(*, source: Source) -> Backup | None:
    """The backup that came of this file: complete, or arrived as a whole and being looked through."""
    return _same(source).exclude(file="").exclude(state=State.FAILED).first()


def find_sent(*, server: PrivateServer, sha256: str) -> Backup:
    """What became of this file of the server's product. Raises NotFound."""
    found = _same(Source(server.subscription, sha256, SYSTEM, "")).order_by("pk").last()
    if found is None:
        raise NotFound()
    return found


def keep_arrived(*, source: Source, plain: BinaryIO, part: SetPart, job: str, at: datetime) -> Sent:
    """The file is in the storage and a job goes on with it; whatever goes wrong, nothing of it is left.

    Its row is there before the file is, so that one left by a killed process is known. Locks company and row.
    """
    backup, fresh = _begin(source, part, at)
    if not fresh:
        return Sent(backup, fresh=False)
    try:
        backup.file.name = backup.arrival_name if job == CONVERT_JOB else backup.file_name
        backup.size = keep_plain(backup.file.name, plain)
        return Sent(_arrive(backup, source, job, at), fresh=True)
    except BaseException:
        _forget(backup.pk, at)
        raise


def forget_broken_off(*, now: datetime | None = None) -> int:
    """Backups whose process was killed while they arrived are gone with their files; answers how many."""
    at = now or timezone.now()
    arriving = Backup.objects.filter(kind=Backup.Kind.PRIVATE, state=State.CREATING, file="")
    left = arriving.filter(created_at__lte=at - policy.SENDING)
    return one_by_one("forgetting a backup", left.values_list("pk", flat=True), lambda pk: _forget(pk, at))


@atomic
def _begin(source: Source, part: SetPart, at: datetime) -> tuple[Backup, bool]:
    """Locks the company, under which the drive is counted and the same file is found. One that failed gives way."""
    product = source.product
    company = locked_company(company_id=company_of(subscription_id=product.pk))
    if (known := known_backup(source=source)) is not None:
        return known, False
    for same in _same(source).order_by("pk"):
        if same.state == State.CREATING and same.created_at > at - policy.SENDING:
            raise BeingKept(seconds=60)
        _forget(same.pk, at)
    require_room(company=company)
    made = Backup.objects.create(
        kind=Backup.Kind.PRIVATE,
        company=company,
        subscription=product,
        set_number=part.number,
        set_name=part.name,
        edition=part.edition,
        set_version=part.version,
        sha256=source.sha256,
        unpacked=part.bytes,
        created_by=source.actor.user,
        created_at=at,
    )
    return made, True


@atomic
def _arrive(arrived: Backup, source: Source, job: str, at: datetime) -> Backup:
    backup = _locked(arrived.pk)
    if backup.state != State.CREATING:
        raise BrokenOff
    backup.file.name, backup.size = arrived.file.name, arrived.size
    backup.save(update_fields=["file", "size"])
    enqueue(job, key=f"arrival-{backup.pk}", backup=backup.pk)
    facts: dict[str, Any] = {"set": backup.set_name, "number": backup.set_number, "sender": source.sender}
    record("backup.sent", actor=source.actor, account=backup.company.account, subject=backup, at=at, **facts)
    return backup


@atomic
def finish_sent(*, backup_id: int, manifest: Manifest, size: int, at: datetime) -> None:
    """It is complete, with its file where all lie, and will be tried; a complete one, or one gone, stays. Locks it."""
    backup = _locked(backup_id)
    if backup.state != State.CREATING:
        return
    [part] = manifest.sets
    backup.finish(at=at)
    backup.file.name, backup.size, backup.unpacked = backup.file_name, size, part.bytes
    backup.set_version, backup.manifest = part.version, asdict(manifest)
    backup.save(update_fields=["state", "finished_at", "file", "size", "unpacked", "set_version", "manifest"])
    if backup.set_version == EDITIONS[backup.edition].version and backup.unpacked <= policy.UNPACKED_MAX:
        enqueue(TRY_JOB, key=f"try-{backup.pk}", backup=backup.pk)
    facts: dict[str, Any] = {"set": backup.set_name, "number": backup.set_number, "kind": backup.kind}
    record("backup.made", actor=SYSTEM, account=backup.company.account, subject=backup, at=at, **facts)


def _locked(backup_id: int) -> Backup:
    rows = Backup.objects.select_for_update(of=("self",)).select_related("company__account", "subscription")
    return rows.get(pk=backup_id)


@atomic
def _forget(backup_id: int, at: datetime) -> int:
    """Nobody sees it, and after the commit its file is gone, or later by `remove_files`. Locks it."""
    backup = Backup.objects.select_for_update().get(pk=backup_id)
    if backup.state == State.CREATING:
        backup.fail(fault=_now("It was broken off."))
        backup.file.name = backup.file_name
        backup.save(update_fields=["state", "fault", "file"])
    if backup.state == State.FAILED:
        return drop(backup_id=backup.pk, at=at)
    if backup.state == State.DELETED:  # given up before its file was there
        Backup.objects.filter(pk=backup.pk).update(file=backup.file_name)
        transaction.on_commit(lambda: remove_file(backup=backup), robust=True)
    return 0


def _same(source: Source) -> "models.QuerySet[Backup]":
    rows = Backup.objects.standing().select_related("subscription")
    return rows.filter(subscription=source.product, kind=Backup.Kind.PRIVATE, sha256=source.sha256)
