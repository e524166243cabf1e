"""Goods (商品), and what is on hand of each."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.inventory.policy import RATES
from kiscloud.models import AccountSet


class Good(models.Model):
    """Something that is bought and sold. Prices are yuan without tax; without a rate the taxpayer's usual one holds."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    specification = models.CharField(_("specification"), max_length=60, blank=True)
    unit = models.CharField(pgettext_lazy("stock", "unit"), max_length=12)
    price = models.DecimalField(_("sales price"), max_digits=18, decimal_places=4, null=True)
    tax_rate = models.PositiveSmallIntegerField(_("tax rate"), null=True)
    least = models.DecimalField(_("least stock"), max_digits=18, decimal_places=4, default=Decimal(0))
    disabled = models.BooleanField(_("disabled"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("stock", "good")
        verbose_name_plural = pgettext_lazy("stock", "goods")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="inventory_good_once", fields=["account_set", "code"]),
            models.CheckConstraint(
                name="inventory_good_rate_known", condition=Q(tax_rate=None) | Q(tax_rate__in=RATES)
            ),
            models.CheckConstraint(
                name="inventory_good_not_negative", condition=(Q(price=None) | Q(price__gte=0)) & Q(least__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Stock(models.Model):
    """What is on hand of a good and what it cost: one row a good, the lock of everything that moves it."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    good = models.OneToOneField(Good, models.PROTECT, related_name="stock", verbose_name=pgettext_lazy("stock", "good"))
    quantity = models.DecimalField(_("on hand"), max_digits=18, decimal_places=4, default=Decimal(0))
    value = models.DecimalField(_("value of stock"), max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = _("stock on hand")
        verbose_name_plural = _("stock on hand")
        constraints = [
            models.UniqueConstraint(name="inventory_stock_once", fields=["account_set", "good"]),
            models.CheckConstraint(name="inventory_stock_not_negative", condition=Q(quantity__gte=0, value__gte=0)),
            models.CheckConstraint(name="inventory_stock_empty_is_nought", condition=~Q(quantity=0) | Q(value=0)),
        ]

    def __str__(self) -> str:
        return f"{self.good_id} {self.quantity}"
