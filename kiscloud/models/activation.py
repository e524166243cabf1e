"""Activation keys: serial number and CD-Key, made for an order, used once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from finance.models import Order, Product
from kiscloud.editions import Edition


class Offering(models.Model):
    """A product of the catalogue that KIS cloud delivers: a licence, more users or sets, or the public-cloud module."""

    class Kind(models.TextChoices):
        """What an order of it gives."""

        LICENCE = "licence", _("Licence")
        MODULE = "module", _("Public-cloud service module")

    product = models.OneToOneField(Product, models.PROTECT, related_name="kis_offering", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.LICENCE)
    edition = models.CharField(_("edition"), max_length=12, choices=Edition)
    users = models.PositiveIntegerField(_("users a unit"), default=1)
    sets = models.PositiveIntegerField(_("account sets"), default=0, help_text=_("0: as many as there are by default."))
    by_licence = models.BooleanField(_("licence mode"), default=False, help_text=_("Cannot switch to public cloud."))

    class Meta:
        verbose_name = _("offering")
        verbose_name_plural = _("offerings")
        constraints = [
            models.CheckConstraint(name="offering_edition_known", condition=Q(edition__in=Edition.values)),
            models.CheckConstraint(name="offering_of_something", condition=Q(users__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.product)


class ActivationKeyQuerySet(models.QuerySet["ActivationKey"]):
    """What may be asked of keys."""

    def unused(self) -> "ActivationKeyQuerySet":
        """Those that still open something."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)


class ActivationKey(models.Model):
    """Opens a product for so many users, sets and months. Of the CD-Key only a salted hash is kept."""

    order = models.OneToOneField(
        Order, models.PROTECT, null=True, related_name="activation_key", verbose_name=_("order")
    )
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("ordered by"))
    serial = models.CharField(_("serial number"), max_length=20, unique=True)
    cd_key = models.CharField(max_length=128)
    kind = models.CharField(_("kind"), max_length=8, choices=Offering.Kind, default=Offering.Kind.LICENCE)
    edition = models.CharField(_("edition"), max_length=12, choices=Edition)
    users = models.PositiveIntegerField(_("users"))
    sets = models.PositiveIntegerField(_("account sets"))
    months = models.PositiveSmallIntegerField(_("months"))
    by_licence = models.BooleanField(_("licence mode"), default=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)  # its order was given back

    objects: ClassVar[ActivationKeyQuerySet] = ActivationKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("activation key")
        verbose_name_plural = _("activation keys")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="activation_key_form", condition=Q(serial__regex=r"^KIS-[A-Z]{2}-[0-9]{2}-[0-9]{8}$")
            ),
            models.CheckConstraint(
                name="activation_key_not_used_and_revoked", condition=Q(used_at=None) | Q(revoked_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.serial
