"""Metered usage: one partition a month, never changed; what came late, and files that bring it."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.states import StateField, StateModel, states_check, transition

SHARDS = 64  # accounts are split by id, so that many workers can bill side by side


class Usage(models.Model):
    """One record of the vendor's metering. The table is partitioned by the month of `cycle_start`.

    `quantity` is what the record adds: a correction adds the difference to what it corrects, so sums are always right.
    Accounts and products are checked when it comes in, not by foreign keys, which would ask for each row.
    """

    pk = models.CompositePrimaryKey("id", "cycle_start")
    id = models.BigIntegerField()  # an identity column, see the migration
    source_id = models.CharField(_("number at the source"), max_length=100)
    corrects = models.CharField(_("corrects"), max_length=100, blank=True)
    stated = models.DecimalField(_("stated"), max_digits=24, decimal_places=8, null=True)  # by a correction
    owner_id = models.BigIntegerField(_("account"))
    product_id = models.BigIntegerField(_("product"))
    instance = models.CharField(_("instance"), max_length=100)
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=8)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    cycle_start = models.DateTimeField(_("cycle"))
    cycle_end = models.DateTimeField(_("cycle's end"))
    shard = models.SmallIntegerField()  # owner_id modulo SHARDS
    received_at = models.DateTimeField(_("received"), db_default=Now())

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")

    def __str__(self) -> str:
        return self.source_id


class LateUsage(models.Model):
    """A group of usage that changed after it had been billed: the next run bills the difference."""

    shard = models.SmallIntegerField()
    owner_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    instance = models.CharField(max_length=100)
    cycle_start = models.DateTimeField()
    cycle_end = models.DateTimeField()

    class Meta:
        verbose_name = _("late usage")
        verbose_name_plural = _("late usage")
        constraints = [
            models.UniqueConstraint(
                name="late_usage_once", fields=["shard", "owner_id", "product_id", "instance", "cycle_start"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.product_id}/{self.instance}"


class BillingShard(models.Model):
    """A share of all accounts: every cycle of theirs that ended by `billed_until` is billed.

    Who takes usage in locks the row for sharing, who bills locks it alone, so no record falls between them.
    """

    number = models.SmallIntegerField(primary_key=True)
    billed_until = models.DateTimeField(_("billed until"))

    class Meta:
        verbose_name = _("billing shard")
        verbose_name_plural = _("billing shards")

    def __str__(self) -> str:
        return str(self.number)


class ImportState(models.TextChoices):
    """Waiting for a worker, being read, or ended."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being read")
    DONE = "done", _("Read")
    FAILED = "failed", _("Failed")


class UsageImport(StateModel):
    """A file of usage: how far it is read, how many lines were kept, repeated and refused, and why."""

    State = ImportState

    name = models.CharField(_("file"), max_length=200)
    file = models.CharField(max_length=200)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    state = StateField(_("state"), choices=State, default=State.QUEUED)
    done_bytes = models.PositiveBigIntegerField(_("bytes read"), default=0)
    lines = models.PositiveBigIntegerField(_("lines"), default=0)
    kept = models.PositiveBigIntegerField(_("kept"), default=0)
    repeated = models.PositiveBigIntegerField(_("known already"), default=0)
    refused = models.PositiveBigIntegerField(_("refused"), default=0)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    finished_at = models.DateTimeField(_("ended"), null=True)
    objects: ClassVar["models.Manager[UsageImport]"]

    class Meta:
        verbose_name = _("usage file")
        verbose_name_plural = _("usage files")
        ordering = ["-id"]
        constraints = [states_check("state", ImportState, name="usage_import_state_known")]

    def __str__(self) -> str:
        return self.name

    # A worker that died halfway leaves `running`; the next attempt goes on behind the last kept piece.
    @transition(field=state, source=[State.QUEUED, State.RUNNING], target=State.RUNNING)
    def begin(self) -> None:
        """A worker reads it."""

    @transition(field=state, source=State.RUNNING, target=State.DONE)
    def finish(self, *, at: datetime) -> None:
        """Every line was kept, known or refused."""
        self.finished_at = at

    @transition(field=state, source=[State.QUEUED, State.RUNNING], target=State.FAILED)
    def give_up(self, *, at: datetime) -> None:
        """No attempt succeeded."""
        self.finished_at = at


class RefusedLine(models.Model):
    """A line of a file that was not kept, and why."""

    upload = models.ForeignKey(UsageImport, models.CASCADE, related_name="refusals", verbose_name=_("usage file"))
    line = models.PositiveBigIntegerField(_("line"))
    reason = models.CharField(_("reason"), max_length=40)
    text = models.CharField(_("text"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("refused line")
        verbose_name_plural = _("refused lines")
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["upload", "line"])]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.line}"
