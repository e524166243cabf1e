"""A file of the fund flow or the bills of an account, written in the background."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
from finance import policy


class ExportState(models.TextChoices):
    """Waiting for a worker, being written, or ended."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class ExportQuerySet(models.QuerySet["Export"]):
    """What may be asked of exports."""

    def visible_to(self, account: Account) -> "ExportQuerySet":
        """Those that the account asked for."""
        return self.filter(account=account)

    def under_way(self) -> "ExportQuerySet":
        """Those that no worker has ended."""
        return self.filter(state__in=[ExportState.QUEUED, ExportState.RUNNING])

    def overdue(self, *, at: datetime | None = None) -> "ExportQuerySet":
        """Those whose file nobody can fetch any more, though it still lies there."""
        ended = (at or timezone.now()) - policy.EXPORT_LIFE
        return self.filter(state=ExportState.READY, finished_at__lte=ended).exclude(file="")


class Export(StateModel):
    """Which rows (`asked`, as the page's filter names them), in which form, and how far the writing is."""

    State = ExportState

    class Format(models.TextChoices):
        """The kinds of files."""

        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("Excel (XLSX)")

    class Subject(models.TextChoices):
        """What the rows are."""

        FLOWS = "flows", _("Fund flow")
        BILLS = "bills", _("Bill lines")
        FOCUS = "focus", _("Bill lines in FOCUS columns")

    account = models.ForeignKey(Account, models.PROTECT, related_name="exports", verbose_name=_("account"))
    subject = models.CharField(_("contents"), max_length=8, choices=Subject, default=Subject.FLOWS)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    asked = models.JSONField(_("filter"), default=dict)
    language = models.CharField(_("language"), max_length=10)
    state = StateField(_("state"), choices=State, default=State.QUEUED)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    written = models.PositiveIntegerField(_("rows written"), default=0)
    file = models.CharField(_("file"), max_length=120, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    finished_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        constraints = [
            states_check("state", ExportState, name="export_state_known"),
            models.CheckConstraint(
                name="export_subject_known", condition=models.Q(subject__in=["flows", "bills", "focus"])
            ),
            models.CheckConstraint(name="export_format_known", condition=models.Q(format__in=["csv", "xlsx"])),
            models.CheckConstraint(
                name="export_ended_has_time",
                condition=models.Q(state__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(state__in=["ready", "failed"], finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"

    @property
    def expires_at(self) -> datetime | None:
        """Until when the file can be fetched."""
        return self.finished_at + policy.EXPORT_LIFE if self.finished_at else None

    def can_be_fetched(self, *, at: datetime) -> bool:
        """There is a file, and its time is not over."""
        return self.state == ExportState.READY and self.file != "" and at < self.finished_at + policy.EXPORT_LIFE  # type: ignore[operator]

    # A worker that died halfway leaves `running`; the next attempt begins anew.
    @transition(field=state, source=[State.QUEUED, State.RUNNING], target=State.RUNNING)
    def begin(self, *, rows: int) -> None:
        """A worker writes it."""
        self.rows, self.written = rows, 0

    @transition(field=state, source=State.RUNNING, target=State.READY)
    def finish(self, *, at: datetime, file: str, size: int, written: int) -> None:
        """The file lies there."""
        self.finished_at, self.file, self.bytes, self.written = at, file, size, written

    @transition(field=state, source=[State.QUEUED, State.RUNNING], target=State.FAILED)
    def give_up(self, *, at: datetime) -> None:
        """No attempt succeeded."""
        self.finished_at = at
