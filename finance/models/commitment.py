"""Commitments: capacity bought ahead that covers usage at bill level (A2.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from finance.models.product import Category, Cycle, Product


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """What may be asked of commitments."""

    def visible_to(self, account: Account) -> "CommitmentQuerySet":
        """Its own."""
        return self.filter(account=account)


class Commitment(models.Model):
    """Covers so much of each billing cycle's usage; what a cycle leaves unused is lost.

    Reserved instances and storage units cover a quantity of one product. A savings plan covers yuan at list price of a
    category, or of everything, as far as it is billed by the plan's cycle. The owner's usage comes first, then, where
    it is shared, that of members for whom the owner pays, in the order of time.
    """

    class Kind(models.TextChoices):
        """What was bought."""

        RESERVED = "reserved", _("Reserved instance (RI)")
        STORAGE = "storage", _("Storage capacity unit (SCU)")
        SAVINGS = "savings", _("Savings plan")

    account = models.ForeignKey(Account, models.PROTECT, related_name="commitments", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    per_cycle = models.DecimalField(_("covers per cycle"), max_digits=24, decimal_places=8)
    cycle = models.CharField(  # of a savings plan; the others go by that of their product
        _("billing cycle"), max_length=6, choices=Cycle, default=Cycle.HOUR, db_default=Cycle.HOUR
    )
    shared = models.BooleanField(_("shared with members"), default=False)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by"))

    objects: ClassVar[CommitmentQuerySet] = CommitmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["valid_until", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(name="commitment_covers_something", condition=Q(per_cycle__gt=0)),
            models.CheckConstraint(name="commitment_has_a_time", condition=Q(valid_until__gt=F("valid_from"))),
            models.CheckConstraint(
                name="commitment_scope_fits_kind",
                condition=Q(kind="savings", product__isnull=True)
                | Q(kind__in=["reserved", "storage"], product__isnull=False, category__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class CommitmentUse(models.Model):
    """What a commitment covered of a bill line: who consumed it is stored, so that sharing can be read.

    Below zero where a correction left less to cover, so that the capacity is free again for what comes later.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="uses", verbose_name=_("commitment"))
    line = models.ForeignKey("finance.BillLine", models.PROTECT, related_name="covered_by", verbose_name=_("line"))
    consumer = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("used by"))
    cycle_start = models.DateTimeField(_("cycle"))
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=8, default=0)
    amount = models.DecimalField(_("at list price"), max_digits=24, decimal_places=8, default=0)

    class Meta:
        verbose_name = _("use of a commitment")
        verbose_name_plural = _("uses of commitments")
        ordering = ["-id"]
        indexes = [models.Index(fields=["commitment", "cycle_start"])]

    def __str__(self) -> str:
        return f"{self.commitment_id}→{self.line_id}"
