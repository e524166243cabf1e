"""Archives of products whose data was deleted: fetched with a code from the founder's phone (C9)."""

from datetime import datetime
from typing import BinaryIO

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import OneTimeCode, User
from accounts.services.codes import require_clearance
from config.errors import NotFound
from config.transactions import atomic
from kiscloud.models import Archive
from kiscloud.services.companies import locked_company, require_admin
from kiscloud.services.subscriptions import company_of, locked_product, note_product
from kiscloud.set_files.keeping import open_kept

PURPOSE = OneTimeCode.Purpose.DOWNLOAD_BACKUP


def bound_to(*, subscription_id: int, user: User) -> str:
    """What a code is bound to: the product, and whoever asked for it."""
    return f"archive:{subscription_id}:by:{user.pk}"


@atomic
def open_archive(*, actor: Actor, subscription_id: int, now: datetime | None = None) -> tuple[Archive, BinaryIO]:
    """The archive as a ZIP that ordinary tools read, to be sent and closed by the caller; the look is recorded.

    Spends a code from the founder's phone. Whether the company still has a product does not matter. Locks company and
    product. Raises NotFound, CodeNeeded, NoMobile.
    """
    at = now or timezone.now()
    company = locked_company(company_id=company_of(subscription_id=subscription_id))
    user = require_admin(actor=actor, company=company)
    product = locked_product(subscription_id=subscription_id)
    archive = Archive.objects.filter(subscription=product).first()
    if archive is None or product.purged_at is None:
        raise NotFound()
    binding = bound_to(subscription_id=subscription_id, user=user)
    require_clearance(actor=actor, purpose=PURPOSE, binding=binding, holder=company.founder, now=at)
    note_product(what="archive_fetched", actor=actor, product=product, at=at)
    return archive, open_kept(archive.file.name)
