"""What proves the ledger, and what says that it is broken."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class LedgerSeal(models.Model):
    """What the ledger held at the end of a day, in 32 bytes; triggers refuse UPDATE, DELETE and TRUNCATE.

    A book's chain tells of any change but one: that its end was cut off and the book set back. The seal remembers the
    end. `heads` is the digest over the last link of every book, `digest` that of this seal and the one before, so that
    seals form a chain too; the digests are logged, for a copy outside. What was cut off since the newest seal shows
    only if a record of what it was posted for is left, or by a receipt that somebody kept.
    """

    day = models.DateField(_("day"), unique=True)
    books = models.BigIntegerField(_("books"))
    entries = models.BigIntegerField(_("entries"))
    heads = models.BinaryField(_("digest of the books"), max_length=32)
    digest = models.BinaryField(_("digest"), max_length=32)
    sealed_at = models.DateTimeField(_("sealed"), default=timezone.now)

    class Meta:
        verbose_name = _("seal of a day")
        verbose_name_plural = _("seals of days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class LedgerAlarmQuerySet(models.QuerySet["LedgerAlarm"]):
    """What may be asked of alarms."""

    def raised(self) -> "LedgerAlarmQuerySet":
        """Those that nobody has cleared: while there is one, the database lets no money move."""
        return self.filter(cleared_at=None)


class LedgerAlarm(models.Model):
    """The nightly check found the ledger broken."""

    what = models.CharField(_("first wrong row"), max_length=300)
    flaws = models.JSONField(_("all that was found"), default=list)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    cleared_at = models.DateTimeField(_("cleared"), null=True)
    cleared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("cleared by"))
    note = models.CharField(_("what was done"), max_length=300, blank=True)

    objects: ClassVar[LedgerAlarmQuerySet] = LedgerAlarmQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ledger alarm")
        verbose_name_plural = _("ledger alarms")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.what
