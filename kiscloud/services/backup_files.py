"""Backups taken home and deleted, each with a code from the founder's phone (S16.11–S16.19)."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.events import record
from accounts.models import OneTimeCode, User
from accounts.services.codes import require_clearance
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.models import Backup, Company, Deletion
from kiscloud.services.backups import drop
from kiscloud.services.companies import locked_company, require_admin
from kiscloud.services.deletions import note_deletion
from kiscloud.set_files.keeping import open_kept

Purpose = OneTimeCode.Purpose


class KeptForRestores(DomainError):
    """Automatic backups are for restoring only."""

    code = "backup_automatic"
    rule = "S16.16"
    sentence = _("Automatic backups can be restored, but neither downloaded nor deleted.")
    hint = _("Make a backup by hand to take it home.")


class StillMade(DomainError):
    """A file that is being written cannot be used yet."""

    code = "backup_unfinished"
    sentence = _("The backup of “%(set)s” is still being made.")


def bound_to(*, ids: Collection[int], user: User) -> str:
    """What a code for these backups is bound to: the backups, and whoever asked for it."""
    which = hashlib.sha256(",".join(map(str, sorted(set(ids)))).encode()).hexdigest()
    return f"backups:{which}:by:{user.pk}"


def may_delete_without_code(*, ids: Collection[int]) -> bool:
    """Failed ones need no code (S16.15)."""
    return not Backup.objects.filter(pk__in=ids).exclude(state=Backup.State.FAILED).exists()


@atomic
def open_backup(*, actor: Actor, backup_id: int, now: datetime | None = None) -> tuple[Backup, BinaryIO]:
    """The file as a ZIP that ordinary tools read, to be sent and closed by the caller; the download is recorded.

    Spends a code for downloading from the founder's phone (S16.13). Raises NotFound, KeptForRestores, StillMade,
    CodeNeeded.
    """
    at = now or timezone.now()
    [backup], company, user = _chosen(actor, [backup_id])
    if backup.state != Backup.State.SUCCESS:
        raise StillMade(set=backup.set_name)
    binding = bound_to(ids=[backup.pk], user=user)
    require_clearance(actor=actor, purpose=Purpose.DOWNLOAD_BACKUP, binding=binding, holder=company.founder, now=at)
    plain = open_kept(backup.file.name)
    record("backup.downloaded", actor=actor, account=company.account, subject=backup, at=at, set=backup.set_name)
    return backup, plain


@atomic
def delete_backups(*, actor: Actor, backup_ids: Collection[int], now: datetime | None = None) -> int:
    """The backups and their files are gone, and records say who did it; answers how many (S16.12, S16.14).

    Spends one code for all of them (S16.19), none for failed ones (S16.15). Several at once only of those made by
    hand in one product (S16.17). Locks the company and the backups. Raises NotFound, KeptForRestores, StillMade,
    CodeNeeded.
    """
    at = now or timezone.now()
    found, company, user = _chosen(actor, backup_ids)
    if any(backup.state == Backup.State.CREATING for backup in found):
        raise StillMade(set=found[0].set_name)
    if len(found) > 1 and (
        any(backup.kind != Backup.Kind.MANUAL for backup in found) or len({row.subscription_id for row in found}) > 1
    ):
        raise InputError("backups", _("Only backups made by hand of one product can be deleted together."))
    holder = None if may_delete_without_code(ids=backup_ids) else company.founder
    if holder is not None:
        binding = bound_to(ids=backup_ids, user=user)
        require_clearance(actor=actor, purpose=Purpose.DELETE_BACKUP, binding=binding, holder=holder, now=at)
    for backup in found:
        drop(backup_id=backup.pk, at=at)
        note_deletion(
            company=company,
            kind=Deletion.Kind.BACKUP,
            number=backup.set_number,
            name=backup.set_name,
            by=user,
            holder=holder,
            at=at,
        )
    record("backup.deleted", actor=actor, account=company.account, subject=company, at=at, count=len(found))
    return len(found)


def _chosen(actor: Actor, ids: Collection[int]) -> tuple[list[Backup], Company, User]:
    """These backups of one company, locked with it, and the administrator."""
    standing = Backup.objects.standing().filter(pk__in=ids)
    companies = set(standing.values_list("company", flat=True))
    if not ids or len(companies) != 1:
        raise NotFound()
    company = locked_company(company_id=companies.pop())
    user = require_admin(actor=actor, company=company)
    found = list(standing.select_for_update(of=("self",)).order_by("pk"))
    if len(found) != len(set(ids)):
        raise NotFound()
    if any(backup.kind == Backup.Kind.AUTOMATIC for backup in found):
        raise KeptForRestores()
    return found, company, user
