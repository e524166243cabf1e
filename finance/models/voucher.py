"""Vouchers and coupons: what pays, or makes cheaper, in place of money."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from finance.models.product import Category, PayMode, Product


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """What may be asked of vouchers."""

    def usable(self, *, at: datetime | None = None) -> "VoucherQuerySet":
        """Within their time, with something left."""
        moment = at or timezone.now()
        return self.filter(valid_from__lte=moment, valid_until__gt=moment, balance__gt=0)


class Voucher(models.Model):
    """Pays for what fits its scope until it is empty or over. Never invoiceable, withdrawn, or used for arrears.

    Without a product and a category it is a general one. Under trusteeship the member's own cannot be used (A2.16);
    the manager's general ones only where the relationship says so (Q-5).
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="vouchers", verbose_name=_("account"))
    face = models.DecimalField(_("face value"), max_digits=18, decimal_places=2)
    balance = models.DecimalField(_("left"), max_digits=18, decimal_places=2)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    pay_mode = models.CharField(_("payment"), max_length=8, choices=PayMode, blank=True)
    least = models.DecimalField(_("from an amount of"), max_digits=18, decimal_places=2, default=0)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar[VoucherQuerySet] = VoucherQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ["valid_until", "id"]
        constraints = [
            models.CheckConstraint(
                name="voucher_within_face", condition=Q(balance__gte=0) & Q(balance__lte=F("face")) & Q(face__gt=0)
            ),
            models.CheckConstraint(
                name="voucher_one_scope", condition=Q(product__isnull=True) | Q(category__isnull=True)
            ),
            models.CheckConstraint(name="voucher_has_a_time", condition=Q(valid_until__gt=F("valid_from"))),
        ]
        indexes = [models.Index(fields=["account", "valid_until"])]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"

    @property
    def is_general(self) -> bool:
        """For everything."""
        return self.product_id is None and self.category_id is None


class VoucherUse(models.Model):
    """What a voucher paid of a bill line; below zero where it was given back."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="uses", verbose_name=_("voucher"))
    line = models.ForeignKey("finance.BillLine", models.PROTECT, related_name="voucher_uses", verbose_name=_("line"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("use of a voucher")
        verbose_name_plural = _("uses of vouchers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.voucher_id}→{self.line_id}"


class Coupon(models.Model):
    """Makes one order or one bill line of usage cheaper, by an amount from a sum on or by a share, and is gone.

    For usage it is used by itself: for the first line of the account's own, not of members for whom it pays, of which
    it takes off the whole amount.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="coupons", verbose_name=_("account"))
    off = models.DecimalField(_("yuan off"), max_digits=18, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField(_("share that is paid"), max_digits=5, decimal_places=4, null=True, blank=True)
    least = models.DecimalField(_("from an amount of"), max_digits=18, decimal_places=2, default=0)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    pay_mode = models.CharField(
        _("payment"), max_length=8, choices=PayMode, default=PayMode.PREPAID, db_default=PayMode.PREPAID
    )
    with_discount = models.BooleanField(_("also with a discount"), default=True)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True, editable=False)
    line = models.ForeignKey(
        "finance.BillLine", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("bill line")
    )
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by"))

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ["valid_until", "id"]
        constraints = [
            models.CheckConstraint(
                name="coupon_amount_or_share",
                condition=Q(off__gt=0, rate__isnull=True) | Q(off__isnull=True, rate__gt=0, rate__lt=1),
            ),
            models.CheckConstraint(
                name="coupon_one_scope", condition=Q(product__isnull=True) | Q(category__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["account", "valid_until"])]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"
