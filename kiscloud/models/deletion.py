"""Records of what was deleted: account sets and backups (S15.6, S16.14)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kiscloud.models.company import Company


class Deletion(models.Model):
    """Who deleted what, when, whose phone confirmed it, and on which server."""

    class Kind(models.TextChoices):
        """A tab of the list."""

        SET = "set", _("Account sets")
        BACKUP = "backup", _("Backups of account sets")

    company = models.ForeignKey(Company, models.PROTECT, related_name="deletions", verbose_name=_("company"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    number = models.CharField(_("number of the set"), max_length=16)
    name = models.CharField(_("name of the set"), max_length=80)
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now)
    deleted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    mobile = models.CharField(_("confirmed by the number"), max_length=11, blank=True)  # masked; empty without a code
    holder = models.CharField(_("confirmed by"), max_length=60, blank=True)
    server_address = models.GenericIPAddressField(_("server"))

    class Meta:
        verbose_name = _("record of a deletion")
        verbose_name_plural = _("records of deletions")
        ordering = ["-id"]
        indexes = [models.Index(name="deletion_of_company", fields=["company", "kind", "-id"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
