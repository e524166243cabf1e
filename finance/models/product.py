"""The catalogue: what can be bought, and its list prices."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A family of products. Some keep the member's own discount even where the manager pays (A2.13)."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    keeps_own_discount = models.BooleanField(
        _("keeps the member's own discount"),
        default=False,
        help_text=_("A manager's discounts and offers do not apply to these products, not even under trusteeship."),
    )

    class Meta:
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Cycle(models.TextChoices):
    """How often usage is billed; periods begin at round times in Asia/Shanghai, weeks on Monday."""

    MINUTE = "minute", _("By the minute")
    HOUR = "hour", _("Hourly")
    DAY = "day", _("Daily")
    WEEK = "week", _("Weekly")
    MONTH = "month", _("Monthly")


class PayMode(models.TextChoices):
    """Paid before it is used, by order; or after, by usage."""

    PREPAID = "prepaid", _("Prepaid")
    POSTPAID = "postpaid", _("Pay as you go")


class Product(models.Model):
    """Something with a price. Prepaid ones are bought for months; the others are metered and billed every cycle."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    category = models.ForeignKey(Category, models.PROTECT, related_name="products", verbose_name=_("category"))
    pay_mode = models.CharField(_("payment"), max_length=8, choices=PayMode)
    cycle = models.CharField(_("billing cycle"), max_length=6, choices=Cycle, default=Cycle.MONTH)
    unit = models.CharField(_("unit"), max_length=24)
    grace_hours = models.PositiveSmallIntegerField(
        _("grace in hours"),
        default=24,
        help_text=_("How long it runs on after the payer has nothing left to pay with."),
    )
    active = models.BooleanField(_("on sale"), default=True)
    # A fee, say, is ordered by the page that asks for it; whoever bought it alone would get nothing.
    listed = models.BooleanField(_("in the catalogue"), default=True, db_default=True, editable=False)
    created_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="product_cycle_known", condition=models.Q(cycle__in=Cycle.values)),
            models.CheckConstraint(name="product_pay_mode_known", condition=models.Q(pay_mode__in=PayMode.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """The list price of a product from a moment on, until the next one; never changed, only followed by another."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="prices", verbose_name=_("product"))
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)

    class Meta:
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        ordering = ["-valid_from", "-id"]
        constraints = [models.UniqueConstraint(name="price_one_per_moment", fields=["product", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.product_id}@{self.valid_from:%Y-%m-%d}"


class PriceTier(models.Model):
    """The part of a cycle's (or an order's) quantity above this costs so much a unit, up to the next tier."""

    price = models.ForeignKey(Price, models.CASCADE, related_name="tiers", verbose_name=_("list price"))
    above = models.DecimalField(_("above"), max_digits=24, decimal_places=8, default=0)
    unit_price = models.DecimalField(_("yuan a unit"), max_digits=18, decimal_places=8)

    class Meta:
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        ordering = ["above"]
        constraints = [
            models.UniqueConstraint(name="price_tier_once", fields=["price", "above"]),
            models.CheckConstraint(
                name="price_tier_not_negative", condition=models.Q(above__gte=0) & models.Q(unit_price__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_id}>{self.above}"
