"""Subjects (科目), and what stands on them month by month."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.books.models.item import Item, ItemKind
from kiscloud.models import AccountSet


class Category(models.IntegerChoices):
    """The first digit of a code."""

    ASSET = 1, _("Assets")
    LIABILITY = 2, _("Liabilities")
    EQUITY = 3, _("Owners' equity")
    COST = 4, _("Costs")
    PROFIT = 5, _("Profit and loss")


class Side(models.IntegerChoices):
    """On which side a subject usually stands."""

    DEBIT = 1, _("Debit")
    CREDIT = -1, pgettext_lazy("books", "Credit")


class Subject(models.Model):
    """A subject of the chart. Only those without children take entries; category and side come from the first level.

    `cash_in` and `cash_out` are the lines of the cash flow statement that the other side of a payment counts to.
    """

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    code = models.CharField(_("code"), max_length=15)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name=_("above"))
    level = models.PositiveSmallIntegerField(_("level"))
    category = models.PositiveSmallIntegerField(_("category"), choices=Category)
    side = models.SmallIntegerField(_("side"), choices=Side)
    is_leaf = models.BooleanField(_("takes entries"), default=True)
    is_cash = models.BooleanField(_("cash or bank"), default=False)
    unit = models.CharField(_("counted in"), max_length=12, blank=True)  # empty: quantities are not kept
    cash_in = models.PositiveSmallIntegerField(null=True)
    cash_out = models.PositiveSmallIntegerField(null=True)
    item_kind = models.CharField(  # empty: not broken down
        _("broken down by"), max_length=12, choices=ItemKind, blank=True, default="", db_default=""
    )
    disabled = models.BooleanField(_("disabled"), default=False)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(name="books_subject_once", fields=["account_set", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Balance(models.Model):
    """What stands on a subject, by item if it is broken down, in a month. Signed sums are debit minus credit.

    One row says all that reports ask of the month: `year_…` are the sums of the year before this month, `carried` what
    the carrying-over of profit and loss moved, which is in `debit` and `credit` too. Posting and closing write it.
    """

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    month = models.IntegerField(_("month"))
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="balances", verbose_name=_("subject"))
    item: "models.ForeignKey[Item | None, Item | None]" = models.ForeignKey(
        Item,
        models.PROTECT,
        null=True,
        default=None,
        db_default=None,
        related_name="+",
        db_index=False,
        verbose_name=_("accounting item"),
    )
    opening = models.DecimalField(_("opening balance"), max_digits=18, decimal_places=2, default=Decimal(0))
    debit = models.DecimalField(_("debit"), max_digits=18, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(_("credit"), max_digits=18, decimal_places=2, default=Decimal(0))
    carried = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    year_debit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    year_credit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    year_carried = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, default=Decimal(0))  # at the opening
    quantity_moved = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))

    class Meta:
        verbose_name = _("balance of a subject")
        verbose_name_plural = _("balances of subjects")
        constraints = [
            models.UniqueConstraint(
                name="books_balance_once", fields=["account_set", "month", "subject", "item"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.month}"

    @property
    def closing(self) -> Decimal:
        """Signed."""
        return self.opening + self.debit - self.credit


class CashFlow(models.Model):
    """What a month's posted vouchers moved in and out of cash, by line of the cash flow statement."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    month = models.IntegerField(_("month"))
    item = models.PositiveSmallIntegerField(_("line"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)  # in is positive, out negative

    class Meta:
        verbose_name = _("cash flow of a month")
        verbose_name_plural = _("cash flows of months")
        constraints = [models.UniqueConstraint(name="books_cash_flow_once", fields=["account_set", "month", "item"])]

    def __str__(self) -> str:
        return f"{self.month} {self.item}"
