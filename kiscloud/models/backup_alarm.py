"""Alarms of sets without a good automatic backup (C9, C15)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kiscloud.models.account_set import AccountSet


class BackupTrouble(models.TextChoices):
    """What is wrong with a set's automatic backups."""

    MISSING = "missing", _("None was made for more than a day")
    FAILED = "failed", _("The latest one failed")
    UNFIT = "unfit", _("The latest one could not be restored when it was tried")
    UNTRIED = "untried", _("The latest one was not tried by restoring it")


class BackupAlarmQuerySet(models.QuerySet["BackupAlarm"]):
    """What may be asked of alarms."""

    def raised(self) -> "BackupAlarmQuerySet":
        """Those of sets that were not found well since."""
        return self.filter(cleared_at=None)


class BackupAlarm(models.Model):
    """Of which trouble people were told, and when they were told that it is over: each once.

    Whether a set is in trouble is judged on read (`kiscloud.services.backup_alarms`), never by these rows.
    """

    Trouble = BackupTrouble

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="backup_alarms", verbose_name=_("account set")
    )
    trouble = models.CharField(_("trouble"), max_length=8, choices=BackupTrouble)
    raised_at = models.DateTimeField(_("found"), default=timezone.now)
    cleared_at = models.DateTimeField(_("well again"), null=True)

    objects: ClassVar[BackupAlarmQuerySet] = BackupAlarmQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("alarm of backups")
        verbose_name_plural = _("alarms of backups")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="backup_alarm_once", fields=["account_set"], condition=Q(cleared_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_set_id} {self.trouble}"
