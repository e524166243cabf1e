"""What a product is called and taxed as on an invoice."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from finance.models import Product


class ZeroRate(models.TextChoices):
    """Why no tax is printed, where the rate is 0."""

    NONE = "", _("Taxed")
    EXPORT = "0", _("Zero rate for export")
    EXEMPT = "1", _("Exempt")
    OUTSIDE = "2", _("Outside VAT")
    ZERO = "3", _("Zero rate")


class TaxItem(models.Model):
    """A line as tax authorities know it: 19-digit class, its short name, the item's name, the rate.

    The one that is `is_default` stands for products without their own.
    """

    name = models.CharField(_("item"), max_length=60)
    class_code = models.CharField(_("tax class"), max_length=19)
    class_name = models.CharField(_("short name of the class"), max_length=40)
    rate = models.DecimalField(_("rate"), max_digits=4, decimal_places=3)
    zero_rate = models.CharField(_("why no tax"), max_length=1, choices=ZeroRate, blank=True, default=ZeroRate.NONE)
    is_default = models.BooleanField(_("for products without their own"), default=False)

    class Meta:
        verbose_name = _("tax item")
        verbose_name_plural = _("tax items")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="tax_item_class_form", condition=Q(class_code__regex=r"^[0-9]{19}$")),
            models.CheckConstraint(name="tax_item_rate", condition=Q(rate__gte=0, rate__lt=1)),
            models.CheckConstraint(name="tax_item_taxed_or_why", condition=Q(rate__gt=0) ^ ~Q(zero_rate="")),
            models.UniqueConstraint(name="tax_item_one_default", fields=["is_default"], condition=Q(is_default=True)),
        ]

    def __str__(self) -> str:
        return f"*{self.class_name}*{self.name} {self.rate * Decimal(100):f}%"


class ProductTax(models.Model):
    """Which tax item the lines of a product are invoiced as."""

    product = models.OneToOneField(Product, models.PROTECT, related_name="tax", verbose_name=_("product"))
    item = models.ForeignKey(TaxItem, models.PROTECT, related_name="products", verbose_name=_("tax item"))

    class Meta:
        verbose_name = _("tax of a product")
        verbose_name_plural = _("taxes of products")

    def __str__(self) -> str:
        return f"{self.product}: {self.item}"
