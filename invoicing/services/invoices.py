"""What is done with an issued invoice, which itself never changes: noting that it was used, sending it once more."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.cleaning import cleaned
from accounts.email_address import mask_email, normalise_email
from accounts.events import record
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, NotFound
from config.sealing import seal
from config.transactions import atomic
from invoicing.models import Invoice, InvoiceUse, RedLetter
from invoicing.reversals import lines_left

MAILBOX: Final = "invoice mailbox"


class NothingToUse(DomainError):
    """A red invoice, or one that was wholly taken back."""

    code = "invoice_not_usable"
    sentence = _("This invoice was taken back, or takes one back itself. There is nothing to deduct or book.")


class UsedAlready(DomainError):
    """It has one use."""

    code = "invoice_used"
    sentence = _("This invoice is marked already: %(use)s.")
    hint = _("Remove that mark first if it is wrong.")


class LetterWaits(DomainError):
    """What the buyer shall confirm because of the use cannot be taken from under it."""

    code = "invoice_letter_waits"
    sentence = _("A red letter for this invoice waits for an answer. Answer it first.")


@atomic
def mark_use(*, actor: Actor, account: Account, invoice_id: int, use: str, now: datetime | None = None) -> InvoiceUse:
    """The buyer has deducted or booked it: from now on it is taken back only with the buyer's word.

    Locks the invoice, as whoever begins a red letter does. Raises NotFound, NothingToUse, UsedAlready.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    invoice, at = _locked(account, invoice_id), now or timezone.now()
    if invoice.reverses_id is not None or all(one.is_empty for one in lines_left(invoice, at=at)):
        raise NothingToUse()
    if (before := InvoiceUse.objects.filter(invoice=invoice).first()) is not None:
        raise UsedAlready(use=before.get_use_display())
    made = InvoiceUse.objects.create(invoice=invoice, use=InvoiceUse.Use(use), at=at)
    record("invoice.used", actor=actor, account=account, subject=invoice, at=at, number=invoice.number, use=use)
    return made


@atomic
def clear_use(*, actor: Actor, account: Account, invoice_id: int, now: datetime | None = None) -> None:
    """The buyer has not used it after all; without a mark nothing changes. Locks it. Raises NotFound, LetterWaits."""
    require(actor, Right.MANAGE_INVOICES, account)
    invoice, at = _locked(account, invoice_id), now or timezone.now()
    if (made := InvoiceUse.objects.filter(invoice=invoice).first()) is None:
        return
    if RedLetter.objects.filter(invoice=invoice, state__in=RedLetter.WAITS).counting(at=at).exists():
        raise LetterWaits()
    made.delete()
    record("invoice.unused", actor=actor, account=account, subject=invoice, at=at, number=invoice.number)


@atomic
def send_invoice(
    *, actor: Actor, account: Account, invoice_id: int, email: str, now: datetime | None = None
) -> Invoice:
    """A letter with a fresh link goes to that mailbox; those sent before work on. Raises NotFound, InputError."""
    require(actor, Right.MANAGE_INVOICES, account)
    address = cleaned("email", normalise_email, email)
    seen = Invoice.objects.of(account) | Invoice.objects.of_systems(account)
    invoice = seen.filter(pk=invoice_id).first()
    if invoice is None:
        raise NotFound()
    sealed = seal(address, purpose=MAILBOX)  # the letter needs it whole; the log shows it masked
    facts: dict[str, Any] = {"number": invoice.number, "to": mask_email(address), "mailbox": sealed}
    record("invoice.sent", actor=actor, account=account, subject=invoice, at=now or timezone.now(), **facts)
    return invoice


def _locked(account: Account, invoice_id: int) -> Invoice:
    invoice = Invoice.objects.select_for_update(no_key=True).filter(pk=invoice_id, account=account).first()
    if invoice is None:
        raise NotFound()
    return invoice
