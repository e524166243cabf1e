"""What bill lines come to, day by day: kept for closed months of many lines, computed for all others."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from finance.models.bill import BillLine
from finance.models.product import Product
from finance.models.statement import Statement


class Amounts(models.Model):
    """Every step of the price and every part of the payment, as in the lines that are added up."""

    id = models.BigAutoField(primary_key=True)
    category = models.CharField(_("kind"), max_length=8, choices=BillLine.Category)
    day = models.DateField(_("day"))
    lines = models.IntegerField(_("lines"))
    gross = models.DecimalField(_("list price"), max_digits=24, decimal_places=8)
    covered = models.DecimalField(_("covered by commitments"), max_digits=24, decimal_places=8)
    discount = models.DecimalField(_("discount"), max_digits=24, decimal_places=8)
    rounding = models.DecimalField(_("rounded off"), max_digits=24, decimal_places=8)
    coupon = models.DecimalField(_("coupon"), max_digits=18, decimal_places=2)
    payable = models.DecimalField(_("payable"), max_digits=18, decimal_places=2)
    voucher = models.DecimalField(_("vouchers"), max_digits=18, decimal_places=2)
    cash = models.DecimalField(_("cash"), max_digits=18, decimal_places=2)
    credit = models.DecimalField(_("credit"), max_digits=18, decimal_places=2)
    outstanding = models.DecimalField(_("unpaid when billed"), max_digits=18, decimal_places=2)

    class Meta:
        abstract = True


class DaySum(Amounts):
    """A day of one owner, product and kind in a closed statement. Lines of such a statement never change again."""

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="day_sums", db_constraint=False, verbose_name=_("statement")
    )
    owner = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("used by")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("product")
    )

    class Meta:
        verbose_name = _("sum of a day")
        verbose_name_plural = _("sums of days")

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.day}"


class Spend(Amounts):
    """The view that totals are read from: `DaySum` where a statement has them, else its lines. Only to be added up.

    A row has no identity: `id` is that of the line or of the sum it came from.
    """

    statement = models.ForeignKey(Statement, models.DO_NOTHING, related_name="+", verbose_name=_("statement"))
    owner = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", verbose_name=_("used by"))
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="+", verbose_name=_("product"))

    class Meta:
        managed = False
        db_table = "finance_spend"
        verbose_name = _("spend")
        verbose_name_plural = _("spend")

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.day}"
