"""Packages of the invoice cloud: what an order of a product gives to how many tax numbers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from finance.models import Product


class Service(models.TextChoices):
    """What an entitlement allows."""

    ISSUING = "issuing", _("Issuing invoices")
    RECEIVING = "receiving", _("Receiving invoices")
    CHECKING = "checking", _("Verifying invoices")


class Package(models.Model):
    """A product of the catalogue that is delivered by the invoice cloud. One unit of it is for one tax number."""

    product = models.OneToOneField(Product, models.PROTECT, related_name="package", verbose_name=_("product"))
    service = models.CharField(_("service"), max_length=10, choices=Service)
    quantity = models.PositiveIntegerField(_("invoices for each tax number"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("Smaller is used first; then whatever ends first.")
    )
    delivers_itself = models.BooleanField(
        _("delivered at once"), default=True, help_text=_("Otherwise support staff deliver each order.")
    )
    pays_change = models.BooleanField(
        _("pays for a change of tax number"),
        default=False,
        help_text=_("An order of this product is the fee of a change request and gives no entitlement."),
    )

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = [
            models.CheckConstraint(name="package_service_known", condition=Q(service__in=Service.values)),
            models.CheckConstraint(name="package_of_something", condition=Q(quantity__gt=0) | Q(pays_change=True)),
        ]

    def __str__(self) -> str:
        return str(self.product)
