"""Entitlements (权益): what a tax number may do, how often, until when; and each use (I7.1)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invoicing import policy
from invoicing.models.cloud_order import CloudOrder
from invoicing.models.package import Service
from invoicing.models.tenant import Taxpayer


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    """What may be asked of entitlements."""

    def valid(self, *, at: datetime) -> "EntitlementQuerySet":
        """In force at that moment, whether or not something is left."""
        return self.filter(ended_at__isnull=True, starts_at__lte=at, expires_at__gt=at)

    def usable(self, *, at: datetime) -> "EntitlementQuerySet":
        """With something left, in the order in which they are used."""
        return self.valid(at=at).filter(used__lt=F("granted")).order_by("priority", "expires_at", "pk")


class Entitlement(models.Model):
    """So many uses of one service for one tax number, from one order. Used ≤ granted, whoever calls at once."""

    Service = Service

    order = models.ForeignKey(CloudOrder, models.PROTECT, related_name="entitlements", verbose_name=_("order"))
    taxpayer = models.ForeignKey(Taxpayer, models.PROTECT, related_name="entitlements", verbose_name=_("enterprise"))
    service = models.CharField(_("service"), max_length=10, choices=Service)
    granted = models.PositiveIntegerField(_("granted"))
    used = models.PositiveIntegerField(_("used"), default=0)
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)
    starts_at = models.DateTimeField(_("from"))
    expires_at = models.DateTimeField(_("until"))
    assigned_at = models.DateTimeField(_("assigned"), default=timezone.now)
    assigned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    ended_at = models.DateTimeField(_("ended"), null=True)  # undone, moved to another tax number, or returned
    continues = models.OneToOneField("self", models.PROTECT, null=True, related_name="continued_by")

    objects: ClassVar[EntitlementQuerySet] = EntitlementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="entitlement_not_overused", condition=Q(used__lte=F("granted"))),
            models.CheckConstraint(name="entitlement_has_a_time", condition=Q(expires_at__gt=F("starts_at"))),
            models.UniqueConstraint(
                name="entitlement_once_per_order",
                fields=["order", "taxpayer"],
                condition=Q(ended_at__isnull=True, continues__isnull=True),  # what was moved there comes on top
            ),
        ]
        indexes = [models.Index(fields=["taxpayer", "service"], name="entitlement_of_taxpayer")]

    def __str__(self) -> str:
        return f"{self.taxpayer_id} {self.service}"

    @property
    def left(self) -> int:
        """Uses that are left."""
        return self.granted - self.used

    def can_be_undone(self, *, at: datetime) -> bool:
        """Whether the assignment may be taken back by a click: soon after it, with nothing used."""
        fresh = at < self.assigned_at + policy.ASSIGNMENT_UNDO
        return self.ended_at is None and self.used == 0 and fresh and self.continues_id is None


class EntitlementUse(models.Model):
    """One use, once for each serial of a tax number."""

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="uses", verbose_name=_("entitlement"))
    tax_number = models.CharField(_("tax number"), max_length=18)
    service = models.CharField(_("service"), max_length=10, choices=Service)
    serial = models.CharField(_("serial"), max_length=50)
    at = models.DateTimeField(_("at"), default=timezone.now)
    given_back_at = models.DateTimeField(_("given back"), null=True)  # the platform refused the invoice

    class Meta:
        verbose_name = _("use of an entitlement")
        verbose_name_plural = _("uses of entitlements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="entitlement_use_once",
                fields=["tax_number", "service", "serial"],
                condition=Q(given_back_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.serial
