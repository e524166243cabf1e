"""Business partners (往来单位)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.models import AccountSet


class Partner(models.Model):
    """Somebody from whom goods are bought, to whom they are sold, or both."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    is_customer = models.BooleanField(pgettext_lazy("stock", "customer"), default=False)
    is_supplier = models.BooleanField(pgettext_lazy("stock", "supplier"), default=False)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    disabled = models.BooleanField(_("disabled"), default=False)

    class Meta:
        verbose_name = _("business partner")
        verbose_name_plural = _("business partners")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="inventory_partner_once", fields=["account_set", "code"]),
            models.CheckConstraint(
                name="inventory_partner_is_something", condition=Q(is_customer=True) | Q(is_supplier=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
