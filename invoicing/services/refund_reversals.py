"""Refunds of orders whose money was invoiced: a partial red letter over the line that they stand in.

Where none fits (the invoice is not out yet, too little is left of the line, the item is taxed otherwise now), the
refund stays open and is netted with the next request. So it is when a red letter ends without an invoice.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.models import Event
from config.errors import DomainError
from config.transactions import atomic
from finance.models import Order
from finance.money import ZERO
from invoicing.models import Invoice, Invoiceable, InvoiceRequest, RedLetter, TaxItem
from invoicing.red_parts import Part
from invoicing.reversals import LineLeft, lines_left
from invoicing.services.invoiceables import collect
from invoicing.services.red_letters import begin_red_letter
from invoicing.services.tax_items import items_of

JOB: Final = "invoicing.reverse_refunds"
FOLLOWED: Final = ("order.refunded", "invoice.issued")


def reverse_after(*, event_id: int, now: datetime | None = None) -> int:
    """Refunds that an event is about have their red letters; answers how many were begun. Each commits on its own.

    After a refund that one; after an invoice those of orders in it that were given back while it was on its way.
    """
    event, at = Event.objects.get(pk=event_id), now or timezone.now()
    return sum(_reverse(pk, at) for pk in list(_refunds(event, at)))


def unreversed() -> "QuerySet[Invoiceable]":
    """Refunds of invoiced orders that no red letter fits and that nobody has netted yet."""
    told = Event.objects.filter(kind="red_letter.impossible").values("subject_id")
    return Invoiceable.objects.open().filter(amount__lt=0, pk__in=told)


def _refunds(event: Event, at: datetime) -> Iterator[int]:
    orders = Order.objects.filter(kind=Order.Kind.REFUND)
    if event.kind == "order.refunded":
        orders = orders.filter(pk=event.subject_id or 0)
    else:
        covered = Invoiceable.objects.filter(request__issue_order__invoice=event.subject_id, order__isnull=False)
        orders = orders.filter(refunds__in=covered.values("order"))
    for order in orders.select_related("payer"):
        collect(payer=order.payer, now=at)
        yield from Invoiceable.objects.open().filter(order=order, amount__lt=0).values_list("pk", flat=True)


@atomic
def _reverse(pk: int, at: datetime) -> bool:
    """Locks the refund, then what beginning a red letter locks."""
    refund = Invoiceable.objects.open().select_for_update(of=("self",)).select_related("order").filter(pk=pk).first()
    if refund is None or refund.order is None:
        return False
    invoices = list(_invoices(refund))
    for invoice in invoices:
        letter = _begin(refund, invoice, at)
        if letter is not None:
            refund.red_letter = letter
            refund.save(update_fields=["red_letter"])
            return True
    if invoices:
        facts: dict[str, Any] = {"order": refund.order.refunds_id, "total": str(-refund.amount)}
        record("red_letter.impossible", actor=SYSTEM, account=refund.payer, subject=refund, at=at, **facts)
    return False


def _invoices(refund: Invoiceable) -> Iterator[Invoice]:
    """The invoices over orders of the same resource, the latest first: a refund gives back the end of its time."""
    paid = Invoiceable.objects.filter(payer=refund.payer_id, amount__gt=0, request__state=InvoiceRequest.State.ISSUED)
    if refund.order is not None:
        paid = paid.filter(order__resource=refund.order.resource_id)
    invoices = Invoice.objects.filter(issue_order__request__in=paid.values("request"))
    yield from invoices.order_by("-pk")


def _begin(refund: Invoiceable, invoice: Invoice, at: datetime) -> RedLetter | None:
    item = items_of(products=[refund.product_id])[refund.product_id]
    for left in lines_left(invoice, at=at):
        if _is_of(left, item) and left.amount + left.tax + refund.amount >= ZERO:
            try:
                return _in_its_own(invoice, Part(left.line.seq, total=-refund.amount), at)
            except DomainError:  # somebody was faster, or it cannot be divided
                continue
    return None


@atomic
def _in_its_own(invoice: Invoice, part: Part, at: datetime) -> RedLetter:
    """In a savepoint, so that a refusal leaves nothing behind."""
    return begin_red_letter(actor=SYSTEM, invoice_id=invoice.pk, reason=RedLetter.Reason.ENDED, parts=[part], now=at)


def _is_of(left: LineLeft, item: TaxItem) -> bool:
    line = left.line
    return (line.class_code, line.name, line.rate) == (item.class_code, item.name, item.rate)
