"""Bill lines: what was charged, to whom, with every step of the price."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from finance.models.product import Product
from finance.models.statement import Statement


class BillLineQuerySet(models.QuerySet["BillLine"]):
    """What may be asked of bill lines."""

    def paid_by(self, account: Account) -> "BillLineQuerySet":
        """Those that count on the account: its own, and those of members for whom it pays (A2.6, A2.10)."""
        return self.filter(payer=account)

    def of_cycle(self, owner: Account, product: Product, start: datetime, instance: str) -> "BillLineQuerySet":
        """All that was billed of one cycle of usage: the first line, its differences, what disputes changed."""
        found = self.filter(owner=owner, product=product, cycle_start=start, instance=instance)
        return found.filter(category__in=[BillLine.Category.USE, BillLine.Category.ADJUST])

    def money(self) -> Decimal:
        """What they cost beside vouchers, in yuan."""
        total: Decimal | None = self.order_by().aggregate(sum=Sum(F("payable") - F("voucher")))["sum"]
        return total or Decimal("0.00")


class BillLine(models.Model):
    """One charge or refund. Written once, by the billing run or with an order, never changed.

    gross (list price) − covered (by commitments) − discount − rounding − coupon = payable
    payable = voucher + cash + credit + outstanding

    Money has two places, what leads to it eight; rounded half up once, here. A cycle that is billed again because usage
    came late has a further line with the difference and the next `revision`. Millions of rows come at once from one
    writer that has checked them, so foreign keys do not ask again.
    """

    class Category(models.TextChoices):
        """What it is for."""

        USE = "use", _("Usage")
        NEW = "new", _("New order")
        RENEW = "renew", _("Renewal")
        MODIFY = "modify", pgettext_lazy("an order", "Change")
        REFUND = "refund", _("Refund")
        ADJUST = "adjust", _("Adjustment")

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="bill_lines", db_constraint=False, verbose_name=_("statement")
    )
    payer = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("paid by")
    )
    owner = models.ForeignKey(  # found by the index of `bill_line_once`
        Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("used by")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("product")
    )
    order = models.ForeignKey(
        "finance.Order",
        models.PROTECT,
        null=True,
        related_name="lines",
        db_constraint=False,
        db_index=False,
        verbose_name=_("order"),
    )
    category = models.CharField(_("kind"), max_length=8, choices=Category)
    instance = models.CharField(_("instance"), max_length=100)
    cycle_start = models.DateTimeField(_("from"))
    cycle_end = models.DateTimeField(_("until"))
    revision = models.IntegerField(_("revision"), default=0)
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=8)
    gross = models.DecimalField(_("list price"), max_digits=24, decimal_places=8)
    covered = models.DecimalField(_("covered by commitments"), max_digits=24, decimal_places=8, default=0)
    rate = models.DecimalField(_("share that is paid"), max_digits=9, decimal_places=8, default=1)
    discount = models.DecimalField(_("discount"), max_digits=24, decimal_places=8, default=0)
    rounding = models.DecimalField(_("rounded off"), max_digits=24, decimal_places=8, default=0)
    coupon = models.DecimalField(_("coupon"), max_digits=18, decimal_places=2, default=0)
    payable = models.DecimalField(_("payable"), max_digits=18, decimal_places=2)
    voucher = models.DecimalField(_("vouchers"), max_digits=18, decimal_places=2, default=0)
    cash = models.DecimalField(_("cash"), max_digits=18, decimal_places=2, default=0)
    credit = models.DecimalField(_("credit"), max_digits=18, decimal_places=2, default=0)
    outstanding = models.DecimalField(_("unpaid when billed"), max_digits=18, decimal_places=2, default=0)
    transfer_id = models.BigIntegerField(_("transfer"), null=True)
    billed_at = models.DateTimeField(_("billed"), db_default=Now(), editable=False)

    objects: ClassVar[BillLineQuerySet] = BillLineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("bill line")
        verbose_name_plural = _("bill lines")
        ordering = ["-id"]
        constraints = [
            # Usage is never billed twice.
            models.UniqueConstraint(
                name="bill_line_once",
                fields=["owner", "product", "cycle_start", "instance", "revision"],
                condition=Q(category="use"),
            ),
            models.CheckConstraint(
                name="bill_line_price_adds_up",
                condition=Q(payable=F("gross") - F("covered") - F("discount") - F("rounding") - F("coupon")),
            ),
            models.CheckConstraint(
                name="bill_line_payment_adds_up",
                condition=Q(payable=F("voucher") + F("cash") + F("credit") + F("outstanding")),
            ),
        ]
        # Each index costs every line: most lines are usage and have no order.
        indexes = [models.Index(name="bill_line_of_order", fields=["order"], condition=Q(order__isnull=False))]

    def __str__(self) -> str:
        return str(self.pk)
