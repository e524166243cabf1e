"""Releases of clients: added by staff, published, withdrawn; what everybody may download (S2.9, S20.14, S25.1)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import Platform, Release

ADD = "kiscloud.add_release"
CHANGE = "kiscloud.change_release"


def add_release(
    *,
    actor: Actor,
    platform: str,
    channel: str,
    version: str,
    file: UploadedFile | None = None,
    address: str = "",
    size: int = 0,
    sha256: str = "",
    needs: str = "",
    notes: str = "",
    notes_en: str = "",
) -> Release:
    """A release that nobody sees before it is published. Of a file that is kept here, size and SHA-256 are counted.

    Staff only. Raises InputError.
    """
    require_staff(actor, ADD)
    if platform not in Platform.values or platform == Platform.WEB:
        raise InputError("platform", _("Choose what the client runs on."))
    if bool(file) == bool(address):
        raise InputError("file", _("Give either a file or the address of an app store."))
    parsed(version=version)
    if file is not None:
        size, sha256 = _measured(file)
    try:
        with transaction.atomic():
            made = Release.objects.create(
                platform=platform,
                channel=channel,
                version=version.strip(),
                file=file or "",
                address=address,
                size=size,
                sha256=sha256,
                needs=needs,
                notes=notes,
                notes_en=notes_en,
            )
    except IntegrityError as error:
        raise InputError("version", _("This version is there already.")) from error
    record("release.added", actor=actor, account=None, subject=made, release=str(made))
    return made


@atomic
def publish_release(*, actor: Actor, release_id: int, now: datetime | None = None) -> Release:
    """Everybody may download it, also one that was withdrawn. Locks it; staff only."""
    require_staff(actor, CHANGE)
    row = _locked(release_id)
    if row.released_at is not None and row.withdrawn_at is None:
        raise DomainError(_("It is published already."))
    row.released_at, row.withdrawn_at = now or timezone.now(), None
    row.save(update_fields=["released_at", "withdrawn_at"])
    record("release.published", actor=actor, account=None, subject=row, at=now, release=str(row))
    return row


@atomic
def withdraw_release(*, actor: Actor, release_id: int, now: datetime | None = None) -> Release:
    """Nobody can download it any more, and clients hear of the one before it. Locks it; staff only."""
    require_staff(actor, CHANGE)
    row = _locked(release_id)
    if row.released_at is None or row.withdrawn_at is not None:
        raise DomainError(_("It is not published."))
    row.withdrawn_at = now or timezone.now()
    row.save(update_fields=["withdrawn_at"])
    record("release.withdrawn", actor=actor, account=None, subject=row, at=now, release=str(row))
    return row


def latest_release(*, platform: str, channel: str = Release.Channel.STABLE) -> Release | None:
    """The highest published version; who tries previews gets a stable one that is higher (S20.14)."""
    channels = [Release.Channel.STABLE] if channel == Release.Channel.STABLE else list(Release.Channel)
    found = Release.objects.published().filter(platform=platform, channel__in=channels)
    return max(found, key=lambda row: (parsed(version=row.version), row.pk), default=None)


def latest_releases(*, channel: str = Release.Channel.STABLE) -> Sequence[Release]:
    """The latest of each platform that has one, in one query."""
    channels = [Release.Channel.STABLE] if channel == Release.Channel.STABLE else list(Release.Channel)
    best: dict[str, Release] = {}
    for row in Release.objects.published().filter(channel__in=channels).order_by("pk"):
        known = best.get(row.platform)
        if known is None or parsed(version=row.version) >= parsed(version=known.version):
            best[row.platform] = row
    return [best[platform] for platform in Platform.values if platform in best]


def parsed(*, version: str) -> tuple[int, ...]:
    """A version as numbers, so that 10.2 comes after 9.8. Raises InputError."""
    parts = version.strip().split(".")
    if not 1 < len(parts) <= 4 or not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        raise InputError("version", _("Write the version as numbers with points between, such as 9.0.12."))
    return tuple(int(part) for part in parts) + (0,) * (4 - len(parts))  # 9.1 is 9.1.0


def _measured(file: UploadedFile) -> tuple[int, str]:
    if (file.size or 0) > policy.RELEASE_FILE:
        raise InputError("file", _("A file has at most %(most)s MB."), most=policy.RELEASE_FILE >> 20)
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return file.size or 0, digest.hexdigest()


def _locked(release_id: int) -> Release:
    row = Release.objects.select_for_update(of=("self",)).filter(pk=release_id).first()
    if row is None:
        raise NotFound()
    return row
