"""What clients and private servers ask for: releases, the registry of private clouds, personal drives."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.languages import for_reader
from kiscloud.models.seat import Platform
from kiscloud.models.subscription import Subscription


class ReleaseQuerySet(models.QuerySet["Release"]):
    """What may be asked of releases."""

    def published(self) -> "ReleaseQuerySet":
        """Those that everybody may download."""
        return self.filter(released_at__isnull=False, withdrawn_at__isnull=True)


class Release(models.Model):
    """A version of a client, offered for download without log-in once it is published (S2.9, S20.14).

    Its file is kept here; one that an app store keeps has an address instead.
    """

    class Channel(models.TextChoices):
        """For whom."""

        STABLE = "stable", _("Stable")
        BETA = "beta", _("Preview")

    platform = models.CharField(_("platform"), max_length=8, choices=Platform)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel, default=Channel.STABLE)
    version = models.CharField(_("version"), max_length=20)
    file = models.FileField(_("file"), upload_to="releases/%Y/", max_length=255, blank=True)
    address = models.URLField(_("download address"), blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    needs = models.CharField(_("needs at least"), max_length=60, blank=True)
    notes = models.TextField(_("what is new"), blank=True)
    notes_en = models.TextField(_("what is new, in English"), blank=True)
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects: ClassVar[ReleaseQuerySet] = ReleaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("client release")
        verbose_name_plural = _("client releases")
        ordering = ["-released_at", "-id"]
        constraints = [
            models.UniqueConstraint(name="release_once", fields=["platform", "channel", "version"]),
            models.CheckConstraint(name="release_sha256_form", condition=Q(sha256__regex=r"^([0-9a-f]{64})?$")),
            models.CheckConstraint(name="release_has_place", condition=~Q(file="") ^ ~Q(address="")),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.version}"

    @property
    def shown_notes(self) -> str:
        """What is new, in the reader's language."""
        return for_reader(self.notes, self.notes_en)


class PrivateServer(models.Model):
    """A private cloud under its unique id, and where it is reached (S21.2, S24.9). The code is sealed."""

    class Reach(models.TextChoices):
        """How clients reach it."""

        DIRECT = "direct", _("Fixed address")
        CLOUD = "cloud", _("Through the cloud")

    subscription = models.OneToOneField(
        Subscription, models.PROTECT, related_name="private_server", verbose_name=_("product")
    )
    cloud_id = models.CharField(_("cloud ID"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)  # of the authorisation code
    reach = models.CharField(_("reached by"), max_length=6, choices=Reach, default=Reach.CLOUD)
    endpoint = models.CharField(_("address"), max_length=255, blank=True)
    offline = models.BooleanField(_("offline mode"), default=False)
    dongles = models.PositiveIntegerField(_("users bound to a dongle"), default=0)
    version = models.CharField(_("version"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    seen_at = models.DateTimeField(_("last heard of"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("private server")
        verbose_name_plural = _("private servers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.cloud_id


class DriveFile(models.Model):
    """A file in somebody's personal drive, which nobody else sees (S20.15)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drive_files", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    file = models.FileField(_("file"), upload_to="drive/%Y/%m/", max_length=255)
    created_at = models.DateTimeField(_("stored"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a personal drive")
        verbose_name_plural = _("files of personal drives")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(name="drive_file_once", fields=["user", "name"])]

    def __str__(self) -> str:
        return self.name


class Archive(models.Model):
    """What was kept of a product before its data was purged: encrypted, with a manifest, behind a mailed link."""

    subscription = models.OneToOneField(Subscription, models.PROTECT, related_name="archive", verbose_name=_("product"))
    file = models.FileField(_("file"), upload_to="archives/%Y/", max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    manifest = models.JSONField(_("manifest"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.subscription)
