"""Sets of earlier products: looked through, converted, tried, and kept as a backup to be restored (S26.2, Q-11).

What the manifest tells is judged while the person waits; the rows, millions perhaps, are converted by a job.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final, cast

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError, NotFound
from kiscloud import policy
from kiscloud.models import Backup, Subscription
from kiscloud.services.backups import CONVERT_JOB, give_up, require_data, require_room
from kiscloud.services.companies import require_admin
from kiscloud.services.restores import try_file
from kiscloud.services.sent_backups import (
    Sent,
    Source,
    fault_of,
    finish_sent,
    keep_arrived,
    known_backup,
    require_edition,
    take,
)
from kiscloud.set_contents import parts
from kiscloud.set_files import Manifest, Unfit, open_file
from kiscloud.set_files.converting import Conversion
from kiscloud.set_files.keeping import keep_plain, scratch_file
from kiscloud.set_files.manifest import EARLIER, SetPart
from kiscloud.set_files.reading import Opened
from kiscloud.upgrades import PATHS, is_direct

_NO_PATH: Final = _("The set has version %(of)s. Upgraded directly are sets of version %(newest)s and below.")
_PEOPLE: Final = _(
    "In the file these users have no employee or their employee has no mobile number: %(names)s."
    " Add both in the earlier product, then make the file again."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the file of an earlier product, as far as it can be told."""

    part: SetPart
    counts: list[tuple[str, int]] = field(default_factory=list)  # what there is how many of


class UpgradeRefused(DomainError):
    """The set cannot be brought over; `found` says what was looked through, the sentence what hinders."""

    code = "upgrade_refused"
    rule = "S26.2"
    status = 422

    def __init__(self, sentence: str | Promise, *, found: Found, **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.found = found


class NoUpgrade(DomainError):
    """The product takes no data of earlier ones directly."""

    code = "no_upgrade"
    rule = "S26.2"
    sentence = _("%(product)s takes no sets of earlier products directly.")
    hint = _("Ask support how to bring them over.")


def start_upgrade(*, actor: Actor, subscription_id: int, content: BinaryIO, now: datetime | None = None) -> Sent:
    """The file has arrived and stands among the private backups; a job converts it to the present form.

    What its manifest tells is judged at once, and then nothing of it stays. The same file is the same backup.
    Administrators only. Nothing is locked while it comes; then the company is. Call it outside of transactions. Raises
    NotFound, NoUpgrade, DriveFull, DataGone, TooLarge, Unfit, OtherProduct, UpgradeRefused.
    """
    at = now or timezone.now()
    product = _product(subscription_id)
    user = require_admin(actor=actor, company=product.company)
    if product.edition not in PATHS:
        raise NoUpgrade(product=product.get_edition_display())
    require_data(product=product)
    require_room(company=product.company)
    with scratch_file() as file:
        source = Source(product, take(content=content, to=file), actor, user.name)
        if (known := known_backup(source=source)) is not None:
            return Sent(known, fresh=False)
        with open_file(file, version=EARLIER) as opened:
            part = _looked_through(opened, product)
        return keep_arrived(source=source, plain=file, part=part, job=CONVERT_JOB, at=at)


def convert_set(*, backup_id: int, now: datetime | None = None) -> None:
    """The backup is complete: converted as a whole, and a restore of it was tried; or it failed and says why.

    Done twice it is done once. The file that arrived is gone then. Nothing is locked while it is converted; then the
    row is. Call it outside of transactions.
    """
    backup = Backup.objects.select_related("subscription").get(pk=backup_id)
    if backup.state == Backup.State.CREATING:
        try:
            manifest, size = _convert(backup)
        except (Unfit, FileNotFoundError) as error:
            give_up(backup_id=backup_id, fault=fault_of(error=error), now=now)
        else:
            finish_sent(backup_id=backup_id, manifest=manifest, size=size, at=now or timezone.now())
    default_storage.delete(backup.arrival_name)


def _convert(backup: Backup) -> tuple[Manifest, int]:
    """The set in the present form lies under the backup's name, written over what a killed worker left of it."""
    product = backup.subscription
    with default_storage.open(backup.arrival_name) as old, scratch_file() as new:
        with open_file(cast(BinaryIO, old), version=EARLIER) as opened:
            part = opened.examine(most=policy.UNPACKED_MAX)
            manifest = Conversion.of(opened, part).write(to=new, version=PATHS[product.edition].to)
        try_file(file=new, product=product)
        return manifest, keep_plain(backup.file_name, new)


def _looked_through(opened: Opened, product: Subscription) -> SetPart:
    """Everything that speaks against it and that its manifest tells was asked; the rows are for the job."""
    part = opened.only_set(most=policy.UNPACKED_MAX)
    require_edition(of=part.edition, product=product)
    if not is_direct(part.edition, part.version):
        newest = PATHS[product.edition].newest_from
        raise UpgradeRefused(_NO_PATH, found=Found(part), of=part.version, newest=newest)
    conversion = Conversion.of(opened, part)
    if names := part.without_mobile:
        raise UpgradeRefused(_PEOPLE, found=Found(part, _counts(conversion)), names="、".join(names[:10]))
    return part


def _counts(conversion: Conversion) -> list[tuple[str, int]]:
    rows = {table.name: table.rows for table in conversion.part.tables}
    sources = [(str(model._meta.verbose_name_plural), conversion.source_of(model._meta.db_table)) for model in parts()]
    return [(label, rows[source]) for label, source in sources if source is not None]


def _product(subscription_id: int) -> Subscription:
    rows = Subscription.objects.listed().select_related("company__account", "company__founder")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise NotFound()
    return found
