"""Credit: lines granted by staff, and the parts of them that managers give to members."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship, User


class CreditLineQuerySet(models.QuerySet["CreditLine"]):
    """What may be asked of credit lines."""

    def valid(self, *, at: datetime | None = None) -> "CreditLineQuerySet":
        """Neither revoked nor past their end at that moment."""
        moment = at or timezone.now()
        open_end = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=moment)
        return self.filter(open_end, granted_at__lte=moment, revoked_at__isnull=True)


class CreditLine(models.Model):
    """A limit in yuan that staff granted to an account, with or without an end."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="credit_lines", verbose_name=_("account"))
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=2)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("granted by"))
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar[CreditLineQuerySet] = CreditLineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("credit line")
        verbose_name_plural = _("credit lines")
        ordering = ["-granted_at", "-id"]
        constraints = [models.CheckConstraint(name="credit_line_positive", condition=models.Q(limit__gt=0))]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"


class CreditAllotment(models.Model):
    """The part of a manager's limit that a member may use: one row per relationship, moved up and down by services."""

    relationship = models.OneToOneField(
        Relationship, models.PROTECT, related_name="credit_allotment", verbose_name=_("relationship")
    )
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, default=0)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("credit given to a member")
        verbose_name_plural = _("credit given to members")
        constraints = [models.CheckConstraint(name="credit_allotment_not_negative", condition=models.Q(amount__gte=0))]

    def __str__(self) -> str:
        return str(self.relationship_id)


class StripedCreditQuerySet(models.QuerySet["StripedCredit"]):
    """What may be asked of it."""

    def holds(self, account: Account) -> bool:
        """The account's credit lies in stripes now."""
        return self.filter(account=account, joined_at=None).exists()


class StripedCredit(models.Model):
    """An account whose credit lies in several books, so that many charges at once do not wait for one row.

    Set and cleared by staff, for payers of thousands; nobody else notices (`finance.stripes`).
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    striped_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("striped by"))
    striped_at = models.DateTimeField(_("in stripes since"), default=timezone.now)
    joined_at = models.DateTimeField(_("in one piece again since"), null=True, editable=False)

    objects: ClassVar[StripedCreditQuerySet] = StripedCreditQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("credit in stripes")
        verbose_name_plural = _("credit in stripes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="striped_credit_once", fields=["account"], condition=models.Q(joined_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(self.account_id)
