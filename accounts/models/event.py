"""What happened: one row per change, written in the same transaction, never changed."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.user import User


class EventQuerySet(models.QuerySet["Event"]):
    """What may be asked of events."""

    def about(self, account: Account) -> "EventQuerySet":
        """Those that the account did or that were done to it."""
        return self.filter(models.Q(account=account) | models.Q(counterpart=account))


class Event(models.Model):
    """One change or one look. Triggers refuse UPDATE, DELETE and TRUNCATE."""

    kind = models.CharField(_("kind"), max_length=60)
    at = models.DateTimeField(_("time"), default=timezone.now)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="events", verbose_name=_("account"))
    counterpart = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name=_("other account")
    )
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    actor_name = models.CharField(_("who"), max_length=80, blank=True)
    door = models.CharField(_("door"), max_length=10)
    address = models.GenericIPAddressField(_("address"), null=True)
    request_id = models.CharField(_("request"), max_length=36, blank=True)
    subject_type = models.CharField(_("subject"), max_length=40, blank=True)
    subject_id = models.BigIntegerField(_("subject id"), null=True)
    facts = models.JSONField(_("facts"), default=dict)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"]),
            models.Index(fields=["counterpart", "-id"]),
            models.Index(fields=["subject_type", "subject_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
