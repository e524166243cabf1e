"""Backups that private servers send into the company's drive: examined as a whole, then kept, each once (S16.5)."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.db import models, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from config.errors import DomainError
from config.jobs import enqueue
from config.one_by_one import one_by_one
from config.transactions import atomic
from kiscloud import policy
from kiscloud.editions import EDITIONS, Edition
from kiscloud.models import Backup, PrivateServer, Subscription
from kiscloud.services.backups import TRY_JOB, drop, remove_file, require_data, require_room
from kiscloud.services.companies import locked_company
from kiscloud.services.subscriptions import company_of
from kiscloud.set_files import Manifest, Unfit, open_file
from kiscloud.set_files.keeping import keep_plain, scratch_file

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
    """The product has this file among its private backups, once, however often it is sent.

    Nothing of it stays unless all of it is right. The server has shown its code. Nothing is locked while the file
    comes; then the company is. Call it outside of transactions. Raises NotFound, DriveFull, DataGone, TooLarge,
    Garbled, Unfit, OtherProduct, BeingKept, BrokenOff.
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
            part = opened.examine(most=policy.SENT_UNPACKED)
        require_edition(of=part.edition, product=source.product)
        return keep_sent(source=source, plain=file, manifest=opened.manifest, at=at)


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
    """The complete backup that came of this file."""
    return _same(source).filter(state=State.SUCCESS).first()


def keep_sent(*, source: Source, plain: BinaryIO, manifest: Manifest, at: datetime) -> Sent:
    """The examined file is kept and its backup complete; whatever goes wrong, nothing of it is left.

    Its row is there before the file is, so that one left by a killed process is known. Locks company and row.
    """
    backup, fresh = _begin(source, manifest, at)
    if not fresh:
        return Sent(backup, fresh=False)
    try:
        size = keep_plain(backup.file_name, plain)
        return Sent(_finish(backup.pk, source, size, at), fresh=True)
    except BaseException:
        _forget(backup.pk, at)
        raise


def forget_broken_off(*, now: datetime | None = None) -> int:
    """Backups whose process was killed while it kept them are gone with their files; answers how many."""
    at = now or timezone.now()
    left = Backup.objects.filter(kind=Backup.Kind.PRIVATE, state=State.CREATING, created_at__lte=at - policy.SENDING)
    return one_by_one("forgetting a backup", left.values_list("pk", flat=True), lambda pk: _forget(pk, at))


@atomic
def _begin(source: Source, manifest: Manifest, at: datetime) -> tuple[Backup, bool]:
    """Locks the company, under which the drive is counted and the same file is found."""
    product, [part] = source.product, manifest.sets
    company = locked_company(company_id=company_of(subscription_id=product.pk))
    same = _same(source).filter(state__in=[State.SUCCESS, State.CREATING]).order_by("state", "pk").last()
    if same is not None and same.state == State.SUCCESS:
        return same, False
    if same is not None:
        if same.created_at > at - policy.SENDING:
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
        manifest=asdict(manifest),
        unpacked=part.bytes,
        created_by=source.actor.user,
        created_at=at,
    )
    return made, True


@atomic
def _finish(backup_id: int, source: Source, size: int, at: datetime) -> Backup:
    backup = Backup.objects.select_for_update(of=("self",)).select_related("company__account").get(pk=backup_id)
    if backup.state != State.CREATING:
        raise BrokenOff
    backup.finish(at=at)
    backup.file.name, backup.size = backup.file_name, size
    backup.save(update_fields=["state", "finished_at", "file", "size"])
    if backup.set_version == EDITIONS[backup.edition].version and backup.unpacked <= policy.UNPACKED_MAX:
        enqueue(TRY_JOB, key=f"try-{backup.pk}", backup=backup.pk)
    facts: dict[str, Any] = {"set": backup.set_name, "number": backup.set_number, "sender": source.sender}
    record("backup.sent", actor=source.actor, account=backup.company.account, subject=backup, at=at, **facts)
    return backup


@atomic
def _forget(backup_id: int, at: datetime) -> int:
    """Nobody sees it, and after the commit its file is gone, or later by `remove_files`. Locks it."""
    backup = Backup.objects.select_for_update().get(pk=backup_id)
    if backup.state == State.SUCCESS:
        return 0
    if backup.state != State.CREATING:  # given up before its file was there
        Backup.objects.filter(pk=backup.pk).update(file=backup.file_name)
        transaction.on_commit(lambda: remove_file(backup=backup), robust=True)
        return 0
    backup.fail(fault=_now("It was broken off."))
    backup.file.name = backup.file_name
    backup.save(update_fields=["state", "fault", "file"])
    return drop(backup_id=backup.pk, at=at)


def _same(source: Source) -> "models.QuerySet[Backup]":
    return Backup.objects.filter(subscription=source.product, kind=Backup.Kind.PRIVATE, sha256=source.sha256)
