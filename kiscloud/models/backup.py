"""Backups of account sets: made by hand, made each day, or sent by a private server (S16)."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.states import StateField, StateModel, states_check, transition
from kiscloud.models.account_set import AccountSet
from kiscloud.models.company import Company
from kiscloud.models.subscription import Subscription


class BackupState(models.TextChoices):
    """From being made to gone."""

    CREATING = "creating", _("Being made")
    SUCCESS = "success", _("Complete")
    FAILED = "failed", _("Failed")
    DELETED = "deleted", _("Deleted")


class BackupQuerySet(models.QuerySet["Backup"]):
    """What may be asked of backups."""

    def standing(self) -> "BackupQuerySet":
        """Those that were not deleted."""
        return self.exclude(state=BackupState.DELETED)

    def in_drive(self, company: Company) -> "BackupQuerySet":
        """Those in the company's drive that count against its limit: made by hand or sent by a private server,
        complete or being made (S16.3)."""
        counted = [BackupState.CREATING, BackupState.SUCCESS]
        return self.filter(company=company, state__in=counted).exclude(kind=Backup.Kind.AUTOMATIC)


class Backup(StateModel):
    """One file of one set. What it was a backup of stays written here, whatever becomes of the set."""

    State = BackupState

    class Kind(models.TextChoices):
        """Where it comes from."""

        MANUAL = "manual", _("Made by hand")
        AUTOMATIC = "automatic", _("Made each day")
        PRIVATE = "private", _("From a private server")

    company = models.ForeignKey(Company, models.PROTECT, related_name="backups", verbose_name=_("company"))
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="backups", verbose_name=_("product"))
    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, null=True, related_name="backups", verbose_name=_("account set")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = StateField(_("state"), choices=State, default=State.CREATING)
    set_number = models.CharField(_("number of the set"), max_length=16)
    set_name = models.CharField(_("name of the set"), max_length=80)
    edition = models.CharField(_("edition"), max_length=12)
    set_version = models.CharField(_("version of the set"), max_length=12)
    file = models.FileField(_("file"), upload_to="backups/", max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    unpacked = models.PositiveBigIntegerField(_("size unpacked"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)  # as kept; of one that was sent, as it came
    manifest = models.JSONField(_("manifest"), null=True)
    fault = models.CharField(_("why it failed"), max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    day = models.DateField(_("of the day"), null=True)  # of an automatic one
    finished_at = models.DateTimeField(_("complete since"), null=True)
    verified_at = models.DateTimeField(_("restored for a test"), null=True)
    unfit = models.CharField(_("why the test failed"), max_length=300, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects: ClassVar[BackupQuerySet] = BackupQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-id"]
        constraints = [
            states_check("state", BackupState, name="backup_state_known"),
            models.CheckConstraint(name="backup_complete_has_file", condition=~Q(state="success") | ~Q(file="")),
            models.CheckConstraint(
                name="backup_automatic_has_day",
                condition=Q(kind="automatic", day__isnull=False) | (~Q(kind="automatic") & Q(day=None)),
            ),
            models.UniqueConstraint(
                name="backup_automatic_once", fields=["account_set", "day"], condition=Q(kind="automatic")
            ),
            models.UniqueConstraint(
                name="backup_private_once",
                fields=["subscription", "sha256"],
                condition=Q(kind="private", state="success"),
            ),
        ]
        indexes = [
            models.Index(name="backup_in_drive", fields=["company"], condition=Q(state__in=["creating", "success"])),
            models.Index(name="backup_of_product", fields=["subscription", "kind", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.set_name} {self.pk}"

    @property
    def file_name(self) -> str:
        """Where its file is kept: known before it is written, so that none is ever left that nobody knows of."""
        return f"backups/{self.company_id}/{self.pk}.set"

    @property
    def arrival_name(self) -> str:
        """Where the file of an earlier product lies until it is converted."""
        return f"arrivals/{self.company_id}/{self.pk}.set"

    @classmethod
    def facts_of(cls, account_set: AccountSet) -> dict[str, Any]:
        """What a backup keeps of its set."""
        product = account_set.subscription
        return {
            "company_id": product.company_id,
            "subscription": product,
            "account_set": account_set,
            "set_number": account_set.number,
            "set_name": account_set.name,
            "edition": product.edition,
            "set_version": account_set.version,
        }

    @transition(field=state, source=State.CREATING, target=State.SUCCESS)
    def finish(self, *, at: datetime) -> None:
        """The file is complete."""
        self.finished_at = at

    @transition(field=state, source=State.CREATING, target=State.FAILED)
    def fail(self, *, fault: str) -> None:
        """It did not come about."""
        self.fault = fault[:300]

    @transition(field=state, source=[State.SUCCESS, State.FAILED], target=State.DELETED)
    def delete_for_good(self, *, at: datetime) -> None:
        """Its file is gone."""
        self.deleted_at = at
