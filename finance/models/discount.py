"""What makes a list price smaller: contract discounts of an account, and promotions for everybody."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from finance.models.product import Category, PayMode, Product

RATE_FITS = Q(rate__gt=0) & Q(rate__lte=1)
ONE_SCOPE = Q(product__isnull=True) | Q(category__isnull=True)


Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    """What may be asked of rows with a time in which they hold."""

    def valid(self, *, at: datetime | None = None) -> Self:
        """Those that hold at that moment."""
        moment = at or timezone.now()
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=moment), valid_from__lte=moment)


class Discount(models.Model):
    """A contract discount: the share of the list price that the account pays, for a product, a category, or all.

    The narrowest scope that fits counts, the lowest rate among equals. A member that inherits discounts takes the
    lower of its own and its manager's inheritable one (K1.3); a trusteed member has its manager's (A2.9).
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="discounts", verbose_name=_("account"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    rate = models.DecimalField(
        _("share that is paid"), max_digits=5, decimal_places=4, help_text=_("0.85 means that 85 % are paid.")
    )
    inheritable = models.BooleanField(_("members may inherit it"), default=True)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar["DatedQuerySet[Discount]"] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("contract discount")
        verbose_name_plural = _("contract discounts")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(name="discount_rate_fits", condition=RATE_FITS),
            models.CheckConstraint(name="discount_one_scope", condition=ONE_SCOPE),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"


class Promotion(models.Model):
    """A discount for everybody, for a while. Either on top of a contract discount or instead of it, if better."""

    name = models.CharField(_("name"), max_length=80)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    pay_mode = models.CharField(_("payment"), max_length=8, choices=PayMode, blank=True)
    rate = models.DecimalField(_("share that is paid"), max_digits=5, decimal_places=4)
    with_contract = models.BooleanField(_("also with a contract discount"), default=False)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))

    objects: ClassVar["DatedQuerySet[Promotion]"] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(name="promotion_rate_fits", condition=RATE_FITS),
            models.CheckConstraint(name="promotion_one_scope", condition=ONE_SCOPE),
            models.CheckConstraint(name="promotion_has_a_time", condition=Q(valid_until__gt=models.F("valid_from"))),
        ]

    def __str__(self) -> str:
        return self.name
