"""Sets of earlier products: looked through, converted, tried, and kept as a backup to be restored (S26.2, Q-11)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError, NotFound
from kiscloud import policy
from kiscloud.models import Subscription
from kiscloud.services.backups import require_data, require_room
from kiscloud.services.companies import require_admin
from kiscloud.services.restores import try_file
from kiscloud.services.sent_backups import Sent, Source, keep_sent, known_backup, require_edition, take
from kiscloud.set_contents import parts
from kiscloud.set_files import open_file
from kiscloud.set_files.converting import Conversion
from kiscloud.set_files.keeping import scratch_file
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


def upgrade_set(*, actor: Actor, subscription_id: int, content: BinaryIO, now: datetime | None = None) -> Sent:
    """The set of this file is a private backup in the present form, from which it is restored as any other.

    Nothing of it stays unless it was converted as a whole and a restore of it was tried. The same file is the same
    backup. Administrators only. Nothing is locked while it is converted; then the company is. Call it outside of
    transactions. Raises NotFound, NoUpgrade, DriveFull, DataGone, TooLarge, Unfit, OtherProduct, UpgradeRefused.
    """
    at = now or timezone.now()
    product = _product(subscription_id)
    user = require_admin(actor=actor, company=product.company)
    if product.edition not in PATHS:
        raise NoUpgrade(product=product.get_edition_display())
    require_data(product=product)
    require_room(company=product.company)
    with scratch_file() as old, scratch_file() as new:
        source = Source(product, take(content=content, to=old), actor, user.name)
        if (known := known_backup(source=source)) is not None:
            return Sent(known, fresh=False)
        with open_file(old, version=EARLIER) as opened:
            conversion = _looked_through(opened, product)
            manifest = conversion.write(to=new, version=PATHS[product.edition].to)
        try_file(file=new, product=product)
        return keep_sent(source=source, plain=new, manifest=manifest, at=at)


def _looked_through(opened: Opened, product: Subscription) -> Conversion:
    """Everything that speaks against it was asked before anything is converted."""
    part = opened.examine(most=policy.UNPACKED_MAX)
    require_edition(of=part.edition, product=product)
    if not is_direct(part.edition, part.version):
        newest = PATHS[product.edition].newest_from
        raise UpgradeRefused(_NO_PATH, found=Found(part), of=part.version, newest=newest)
    conversion = Conversion.of(opened, part)
    if names := part.without_mobile:
        raise UpgradeRefused(_PEOPLE, found=Found(part, _counts(conversion)), names="、".join(names[:10]))
    return conversion


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
