"""Tenants of the invoice cloud and the enterprises bound to them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account


class Erp(models.TextChoices):
    """Which business system is connected, which also says how it is deployed (I2.2)."""

    XINGHAN = "xinghan", _("Cosmic (星瀚)")
    XINGKONG = "xingkong", _("Galaxy (星空)")
    EAS = "eas", _("EAS")
    OTHER = "other", _("Other")


class Tenant(models.Model):
    """A customer of the invoice cloud; its first activated order makes it. Entitlements and keys belong to it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="tenants", verbose_name=_("account"))
    number = models.CharField(_("number"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    erp = models.CharField(_("business system"), max_length=10, choices=Erp)
    email = models.EmailField(_("contact"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name=_("now"))
    merged_at = models.DateTimeField(_("merged"), null=True)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="tenant_erp_known", condition=Q(erp__in=Erp.values))]

    def __str__(self) -> str:
        return self.name


class TaxpayerQuerySet(models.QuerySet["Taxpayer"]):
    """What may be asked of enterprises in tenants."""

    def bound(self) -> "TaxpayerQuerySet":
        """Those that belong to their tenant now."""
        return self.filter(released_at__isnull=True)


class Taxpayer(models.Model):
    """An enterprise in a tenant, by its tax number: bound to one tenant only (I3.4)."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="taxpayers", verbose_name=_("tenant"))
    tax_number = models.CharField(_("tax number"), max_length=18)
    name = models.CharField(_("name"), max_length=120)
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    address = models.CharField(_("registered address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=100, blank=True)
    device = models.CharField(_("tax device"), max_length=40, blank=True)
    from_registry = models.BooleanField(_("filled from the company register"), default=False)
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    released_at = models.DateTimeField(_("left"), null=True)  # replaced, or moved to another tenant

    objects: ClassVar[TaxpayerQuerySet] = TaxpayerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("enterprise of a tenant")
        verbose_name_plural = _("enterprises of tenants")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                name="taxpayer_in_one_tenant", fields=["tax_number"], condition=Q(released_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.name
