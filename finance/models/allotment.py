"""Money moved between manager and member, line by line, as the fund-flow page shows it (K10.10)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship, User
from finance.models.transfer import Transfer


class AllotmentQuerySet(models.QuerySet["Allotment"]):
    """What may be asked of allotments and recalls."""

    def visible_to(self, account: Account) -> "AllotmentQuerySet":
        """Those in which the account is one of the two sides."""
        return self.filter(models.Q(manager=account) | models.Q(member=account))


class Allotment(models.Model):
    """One allotment or recall that was done; what was refused moves nothing and leaves no row."""

    class Direction(models.TextChoices):
        """Which way the money went."""

        ALLOT = "allot", _("Allotment")
        RECALL = "recall", _("Recall")

    direction = models.CharField(_("kind"), max_length=8, choices=Direction)
    relationship = models.ForeignKey(
        Relationship, models.PROTECT, related_name="allotments", verbose_name=_("relationship")
    )
    manager = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("manager"))
    member = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("member"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    note = models.CharField(_("note"), max_length=200, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="allotment", verbose_name=_("transfer"))
    batch = models.CharField(_("batch"), max_length=64, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("time"), default=timezone.now)

    objects: ClassVar[AllotmentQuerySet] = AllotmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("allotment")
        verbose_name_plural = _("allotments")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="allotment_above_least", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="allotment_direction_known", condition=models.Q(direction__in=["allot", "recall"])
            ),
        ]
        indexes = [
            models.Index(fields=["manager", "-created_at", "-id"]),
            models.Index(fields=["member", "-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.pk}"


class FundSettings(models.Model):
    """What an account chose for moving its funds."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="fund_settings", verbose_name=_("account"))
    code_above = models.DecimalField(_("code needed above"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("fund settings")
        verbose_name_plural = _("fund settings")

    def __str__(self) -> str:
        return str(self.account_id)
