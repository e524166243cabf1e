"""What was taken back of blue invoices, and what is left of each line.

Reads only; whoever begins a red letter locks the blue invoice first, so that nothing is given away twice.

Two questions, two answers: the *status* of an invoice counts red invoices that were issued; what is *left* of a line
counts every red letter that holds a part of it, issued or still possible.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, TextChoices, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from finance.money import ZERO
from invoicing.models import Invoice, InvoiceLine, RedLetter, RedLine

NOTHING = Decimal(0)


class Status(TextChoices):
    """Of a blue invoice; a red one has none."""

    NORMAL = "normal", _("Normal")
    PARTLY = "partly", _("Partly reversed")
    WHOLLY = "wholly", _("Reversed")


@dataclass(frozen=True, slots=True)
class LineLeft:
    """What can still be taken back of a line: positive amounts, its discount already taken off (a discount line itself
    is never taken back). `quantity` is None where the line has none, or where only money is left of it.
    """

    line: InvoiceLine
    amount: Decimal
    tax: Decimal
    quantity: Decimal | None

    @property
    def is_empty(self) -> bool:
        """Nothing is left."""
        return self.amount <= ZERO and self.tax <= ZERO


def status(total: Decimal, taken_back: Decimal) -> Status:
    """Of an invoice over that total, of which so much was taken back (as a positive amount)."""
    if taken_back <= ZERO:
        return Status.NORMAL
    return Status.WHOLLY if taken_back >= total else Status.PARTLY


def with_taken_back(invoices: "QuerySet[Invoice]") -> "QuerySet[Invoice]":
    """The same with `taken_back`: what issued red invoices took back of each, with tax, as a positive amount."""
    red = Invoice.objects.filter(reverses=OuterRef("pk")).order_by().values("reverses").annotate(sum=-Sum("total"))
    money: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)
    return invoices.annotate(taken_back=Coalesce(Subquery(red.values("sum")), Value(ZERO), output_field=money))


def in_status(invoices: "QuerySet[Invoice]", wanted: str) -> "QuerySet[Invoice]":
    """Those blue ones of `with_taken_back` that have the status."""
    asked = {
        Status.NORMAL: Q(taken_back=ZERO),
        Status.PARTLY: Q(taken_back__gt=ZERO, taken_back__lt=F("total")),
        Status.WHOLLY: Q(taken_back__gte=F("total")),
    }
    return invoices.filter(asked[Status(wanted)], reverses__isnull=True)


def statuses_of(invoices: Iterable[Invoice]) -> dict[int, Status]:
    """The status of each blue one of them, by key; one query for all."""
    blue = {invoice.pk: invoice for invoice in invoices if invoice.reverses_id is None}
    sums = Invoice.objects.filter(reverses__in=list(blue)).order_by().values_list("reverses").annotate(Sum("total"))
    taken = dict(sums)
    return {pk: status(invoice.total, -taken.get(pk, ZERO)) for pk, invoice in blue.items()}


def lines_left(invoice: Invoice, *, at: datetime | None = None) -> list[LineLeft]:
    """What is left of each line in the order of the invoice, also of those of which nothing is; two queries."""
    letters = RedLetter.objects.filter(invoice=invoice).counting(at=at)
    rows = RedLine.objects.filter(letter__in=letters).order_by().values("line")
    taken = {
        row["line"]: row for row in rows.annotate(amounts=Sum("amount"), taxes=Sum("tax"), counted=Sum("quantity"))
    }
    lines = list(InvoiceLine.objects.filter(invoice=invoice).order_by("seq"))
    behind = [*lines[1:], None]
    found = []
    for line, follower in zip(lines, behind, strict=True):
        if line.nature != InvoiceLine.Nature.DISCOUNT:
            off = follower if line.nature == InvoiceLine.Nature.DISCOUNTED else None
            found.append(_left(line, off, taken.get(line.pk, {})))
    return found


def _left(line: InvoiceLine, off: InvoiceLine | None, taken: Mapping[str, Decimal | None]) -> LineLeft:
    """Blue, less its discount, less (that is: plus the negative sums of) what red letters hold."""
    amount = line.amount + (off.amount if off else ZERO) + (taken.get("amounts") or ZERO)
    tax = line.tax + (off.tax if off else ZERO) + (taken.get("taxes") or ZERO)
    quantity = None if line.quantity is None else line.quantity + (taken.get("counted") or NOTHING)
    return LineLeft(line, amount, tax, quantity if quantity else None)
