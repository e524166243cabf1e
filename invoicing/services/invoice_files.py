"""Keeping the files of an issued invoice: once, as the tax platform gives them or as the project draws them.

A file lies under a name that is known before it is written, and counts from when its row is there. Whoever dies in
between leaves a file that the next attempt writes over; until then it is drawn for whoever asks.
"""

from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Event
from config.jobs import Retry
from config.transactions import atomic
from invoicing import policy
from invoicing.invoice_files import drawn
from invoicing.models import Invoice, InvoiceFile
from invoicing.tax import TaxError, tax_platform

JOB: Final = "invoicing.keep_files"
FOLLOWED: Final = ("invoice.issued", "invoice.reversed")


def keep_after(*, event_id: int, is_last: bool = False) -> None:
    """The same for the invoice of the event."""
    keep_files(invoice_id=Event.objects.get(pk=event_id).subject_id or 0, is_last=is_last)


def keep_files(*, invoice_id: int, is_last: bool = False) -> None:
    """The invoice has its files, one of each form; twice changes nothing. Call it outside of transactions.

    The platform may have its file later than the number: raises Retry then, unless it is the last time, when the
    project's own is kept instead.
    """
    invoice = Invoice.objects.select_related("issue_order", "reverses").get(pk=invoice_id)
    kept, waits = set(invoice.files.values_list("form", flat=True)), False
    for form in InvoiceFile.Form.values:
        if form in kept:
            continue
        given = _given(invoice, form)
        if given is None and form in tax_platform().forms and not is_last:
            waits = True
        else:
            keep_file(invoice_id=invoice.pk, form=form, content=given or drawn(invoice, form))
    if waits:
        raise Retry(after=policy.FILE_PAUSE, reason="the platform has no file yet")


def _given(invoice: Invoice, form: str) -> bytes | None:
    platform, order = tax_platform(), invoice.issue_order
    if form not in platform.forms:
        return None
    try:
        return platform.download(serial=order.serial, seller_tax_number=order.seller_tax_number, form=form)
    except TaxError:
        return None


@atomic
def keep_file(*, invoice_id: int, form: str, content: bytes) -> InvoiceFile:
    """The storage has this file, unless one was kept before: that stays. Locks the invoice, which does not change."""
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    if (before := InvoiceFile.objects.filter(invoice=invoice, form=form).first()) is not None:
        return before
    name = f"invoices/{timezone.localtime(invoice.issued_at):%Y/%m}/{invoice.number}.{form}"
    default_storage.delete(name)  # left by one that died before its row was there
    return InvoiceFile.objects.create(invoice=invoice, form=form, file=default_storage.save(name, ContentFile(content)))
