"""Accounts that sell on what they buy: staff mark them, and they pay for nobody (A2.19)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from config.errors import DomainError, NotFound
from config.transactions import atomic
from finance.models import Reseller, Trust


class PaysForOthers(DomainError):
    """First the trusteeships end (A2.19)."""

    code = "pays_for_others"
    rule = "A2.19"
    sentence = _("This account pays for %(count)s members. It can be marked once these trusteeships have ended.")


@atomic
def mark_reseller(*, actor: Actor, account: Account, note: str = "", now: datetime | None = None) -> Reseller:
    """The account is a reseller's; again it changes nothing. Locks the account. Raises PaysForOthers."""
    staff = require_staff(actor, "finance.add_reseller")
    at = now or timezone.now()
    account = lock_accounts(account.pk)[account.pk]
    known = Reseller.objects.filter(account=account, cleared_at=None).first()
    if known is not None:
        return known
    if count := Trust.objects.coming_or_in_force(at=at).filter(manager=account).count():
        raise PaysForOthers(count=count)
    row = Reseller.objects.create(account=account, note=note.strip()[:200], marked_by=staff, marked_at=at)
    record("reseller.marked", actor=actor, account=account, subject=row, at=at, note=row.note)
    return row


@atomic
def unmark_reseller(*, actor: Actor, account: Account, now: datetime | None = None) -> Reseller:
    """The account may pay for others again. Locks the account; the row stays as its history."""
    require_staff(actor, "finance.change_reseller")
    at = now or timezone.now()
    account = lock_accounts(account.pk)[account.pk]
    row = Reseller.objects.filter(account=account, cleared_at=None).first()
    if row is None:
        raise NotFound()
    row.cleared_at = at
    row.save(update_fields=["cleared_at"])
    record("reseller.unmarked", actor=actor, account=account, subject=row, at=at)
    return row
