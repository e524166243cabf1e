"""Many allotments or recalls at once: put together, looked over, sent."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from finance.models.allotment import Allotment


def new_key() -> str:
    """Under which the lines are posted, so that sending twice moves nothing twice."""
    return secrets.token_urlsafe(18)


class BatchQuerySet(models.QuerySet["Batch"]):
    """What may be asked of batches."""

    def visible_to(self, account: Account) -> "BatchQuerySet":
        """Those that the account put together."""
        return self.filter(account=account)


class Batch(models.Model):
    """Lines `{"relationship", "amount", "note"}`; amounts are text, as typed, until they are sent.

    Once sent the lines stay as they are. What was done stands in the allotments under `key`; what was refused stands
    in `refused`: a sentence and a rule by the line's place.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="batches", verbose_name=_("account"))
    direction = models.CharField(_("kind"), max_length=8, choices=Allotment.Direction)
    key = models.CharField(_("idempotency key"), max_length=64, unique=True, default=new_key)
    lines = models.JSONField(default=list)
    left_out = models.JSONField(default=list)  # rows of an uploaded file that could not be taken: line, text, sentence
    refused = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects: ClassVar[BatchQuerySet] = BatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="batch_direction_known", condition=models.Q(direction__in=["allot", "recall"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Its lines can still be changed."""
        return self.sent_at is None
