"""Money for which an invoice may be asked, and what has become of it."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from finance.models import Order, Product, Statement


class InvoiceableQuerySet(models.QuerySet["Invoiceable"]):
    """What may be asked of it."""

    def open(self) -> "InvoiceableQuerySet":
        """Neither asked for nor taken back by a red letter."""
        return self.filter(request__isnull=True, red_letter__isnull=True)

    def total(self) -> Decimal:
        """In yuan, what is taken off counted."""
        return self.aggregate(total=models.Sum("amount"))["total"] or Decimal("0.00")


class Invoiceable(models.Model):
    """Paid money, tax included, vouchers left out: the usage of one product by one account in a settled statement, or
    one order. Negative ones (refunds, adjustments) are netted with the next request, or undone by a red letter.

    `payer` is whom the invoice is for, `owner` who used it (A2.7, A4.5). It is covered once: by `request` as long as
    that is neither rejected nor cancelled, or by `red_letter`.
    """

    payer = models.ForeignKey(Account, models.PROTECT, related_name="invoiceables", verbose_name=_("paid by"))
    owner = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("used by"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+", verbose_name=_("statement"))
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+", verbose_name=_("order"))
    month = models.DateField(_("month"))  # of the statement
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    request = models.ForeignKey(
        "invoicing.InvoiceRequest", models.PROTECT, null=True, related_name="items", verbose_name=_("asked for in")
    )
    red_letter = models.ForeignKey(
        "invoicing.RedLetter", models.PROTECT, null=True, related_name="items", verbose_name=_("taken back by")
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[InvoiceableQuerySet] = InvoiceableQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoiceable amount")
        verbose_name_plural = _("invoiceable amounts")
        ordering = ["-month", "-id"]
        constraints = [
            models.CheckConstraint(name="invoiceable_of_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="invoiceable_covered_once", condition=Q(request__isnull=True) | Q(red_letter__isnull=True)
            ),
            models.CheckConstraint(
                name="invoiceable_red_is_negative", condition=Q(red_letter__isnull=True) | Q(amount__lt=0)
            ),
            models.UniqueConstraint(
                name="invoiceable_usage_once",
                fields=["statement", "owner", "product"],
                condition=Q(order__isnull=True),
            ),
            models.UniqueConstraint(name="invoiceable_order_once", fields=["order"], condition=Q(order__isnull=False)),
        ]
        indexes = [
            models.Index(
                F("payer"),
                F("month"),
                F("id"),
                name="invoiceable_open",
                condition=Q(request__isnull=True, red_letter__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.amount}"


class CollectedStatement(models.Model):
    """A settled statement whose usage stands in `Invoiceable`, whatever it came to: its lines are not summed again."""

    statement = models.OneToOneField(
        Statement, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("statement")
    )
    collected_at = models.DateTimeField(_("collected"), default=timezone.now)

    class Meta:
        verbose_name = _("collected statement")
        verbose_name_plural = _("collected statements")

    def __str__(self) -> str:
        return str(self.statement_id)
