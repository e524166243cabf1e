"""Reads for the pages of backups: the lists, the drive, and what can be restored where (S16, S17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from kiscloud.models import Backup, Company, Subscription
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.services.restores import RestoreRefused, reason_against, reasons_against
from kiscloud.services.subscriptions import require_place
from kiscloud.set_contents import parts
from kiscloud.set_files.manifest import SetPart, part_from
from kiscloud.set_operations import refusal

Kind = Backup.Kind


def kind_of(text: str) -> Kind:
    """The tab that an address names; by default that of backups made by hand."""
    return Kind(text) if text in Kind.values else Kind.MANUAL


def listed(product: Subscription, kind: Kind) -> "QuerySet[Backup]":
    """The product's backups of this kind (S16.6)."""
    rows = Backup.objects.standing().filter(subscription=product, kind=kind)
    return rows.select_related("created_by", "account_set")


@dataclass(frozen=True, slots=True)
class Drive:
    """How full the company's drive is (S16.7)."""

    count: int
    size: int  # bytes


def drive_of(company: Company) -> Drive:
    """Of backups made by hand and sent by private servers; one query."""
    sums = Backup.objects.in_drive(company).aggregate(count=Count("pk"), size=Sum("size"))
    return Drive(sums["count"], sums["size"] or 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """A backup that the restore page offers, or why it does not fit."""

    backup: Backup
    refused: RestoreRefused | None


def restorable(product: Subscription) -> list[Choice]:
    """The latest backups of the product, then of the company's other products of the same kind (S17.2, S17.3)."""
    rows = Backup.objects.filter(
        company=product.company_id, edition=product.edition, state=Backup.State.SUCCESS
    ).select_related("subscription")
    found = sorted(rows.order_by("-pk")[:100], key=lambda row: (row.subscription_id != product.pk, -row.pk))
    return [Choice(row, reason_against(backup=row, product=product)) for row in found]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a backup of one set: the set as its file says it, and of what there is how much."""

    part: SetPart
    counts: list[tuple[str, int]]


def contents_of(backup: Backup) -> Contents | None:
    """Of a complete one, as its manifest says."""
    if not backup.manifest:
        return None
    part = part_from(backup.manifest["sets"][0])
    rows = {table.name: table.rows for table in part.tables}
    held = [model._meta for model in parts() if model._meta.db_table in rows]
    return Contents(part, [(str(meta.verbose_name_plural), rows[meta.db_table]) for meta in held])


def hindrances(backup: Backup, product: Subscription, *, at: datetime) -> list[str]:
    """A sentence for everything that speaks against restoring it into its product at that moment (S17)."""
    found = [str(reason) for reason in reasons_against(backup=backup, product=product)]
    place = refusal(lambda: require_place(product=product, at=at))
    late = refusal(lambda: require_verified_in_time(company=product.company, act=Act.RESTORE, now=at))
    return [*found, *filter(None, dict.fromkeys((place, late)))]


def chosen_ids(posted: Mapping[str, Any]) -> list[int]:
    """The ticked ones of a form."""
    texts = posted.getlist("backup") if hasattr(posted, "getlist") else []
    return sorted({int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19})
