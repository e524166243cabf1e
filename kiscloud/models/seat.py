"""Seats: who is in which set from which device, and what devices know (S8, S12, S20)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kiscloud import policy
from kiscloud.models.account_set import AccountSet
from kiscloud.models.subscription import Subscription


class Platform(models.TextChoices):
    """What a client runs on."""

    WEB = "web", _("Browser")
    WINDOWS = "windows", "Windows"
    MAC = "mac", "Mac"
    IPHONE = "iphone", "iPhone"
    IPAD = "ipad", "iPad"
    ANDROID = "android", "Android"


class Device(models.Model):
    """A browser or an installed client of one person. Its token, kept as a digest, stays good until revoked (S20.3)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices", verbose_name=_("person"))
    installation = models.CharField(_("installation"), max_length=64)
    platform = models.CharField(_("platform"), max_length=8, choices=Platform)
    name = models.CharField(_("name"), max_length=80, blank=True)
    version = models.CharField(_("client version"), max_length=20, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    token_until = models.DateTimeField(_("remembered until"), null=True)
    last_set = models.ForeignKey(AccountSet, models.SET_NULL, null=True, related_name="+", verbose_name=_("last set"))
    preferences = models.JSONField(_("preferences"), default=dict, blank=True)  # printers, shortcuts, input (S20.11–13)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-seen_at", "-id"]
        constraints = [models.UniqueConstraint(name="device_once", fields=["user", "installation"])]

    def __str__(self) -> str:
        return self.name or self.get_platform_display()


class SeatQuerySet(models.QuerySet["Seat"]):
    """What may be asked of seats."""

    def taken(self, *, at: datetime) -> "SeatQuerySet":
        """Those that count at that moment: not left, heard of lately, their countdown not over."""
        counting = Q(ending_at__isnull=True) | Q(ending_at__gt=at)
        return self.filter(counting, ended_at__isnull=True, seen_at__gt=at - policy.SEAT_SILENCE)


class Seat(models.Model):
    """One person in one set, or in the inventory app (then without a set), from one device. It counts as one."""

    class End(models.TextChoices):
        """How it ended."""

        LEFT = "left", _("Left")
        OTHER_DEVICE = "other_device", _("Entered on another device")
        LOGGED_OFF = "logged_off", _("Logged off by an administrator")
        SILENT = "silent", _("Not heard of any more")
        REVOKED = "revoked", _("No longer allowed")

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="seats", verbose_name=_("product"))
    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, null=True, related_name="seats", verbose_name=_("account set")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="seats", verbose_name=_("person"))
    device = models.ForeignKey(Device, models.PROTECT, related_name="seats", verbose_name=_("device"))
    started_at = models.DateTimeField(_("entered"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    used_at = models.DateTimeField(_("last did something"), default=timezone.now)
    ending_at = models.DateTimeField(_("leaves at"), null=True)
    ended_at = models.DateTimeField(_("left"), null=True)
    end = models.CharField(_("how"), max_length=12, choices=End, blank=True)
    asked_at = models.DateTimeField(_("asked to leave"), null=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by"))

    objects: ClassVar[SeatQuerySet] = SeatQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="seat_one_per_set",
                fields=["subscription", "account_set", "user"],
                nulls_distinct=False,
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(name="seat_end_has_way", condition=Q(ended_at=None) ^ ~Q(end="")),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.account_set_id}"


class LaunchTicket(models.Model):
    """Lets a client enter one set as one person, once, within a minute (S13.5)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    account_set = models.ForeignKey(AccountSet, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("launch ticket")
        verbose_name_plural = _("launch tickets")

    def __str__(self) -> str:
        return str(self.pk)


class SeatWait(models.Model):
    """Somebody who came when all seats were taken, and still waits; whoever does not ask again has gone."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="waits", verbose_name=_("product"))
    account_set = models.ForeignKey(AccountSet, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    since = models.DateTimeField(_("since"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("place in a queue")
        verbose_name_plural = _("places in queues")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                name="seat_wait_once", fields=["subscription", "account_set", "user"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SeatPeak(models.Model):
    """How full a product was in an hour: most people at once, and how many came in vain."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="peaks", verbose_name=_("product"))
    hour = models.DateTimeField(_("hour"))
    most = models.PositiveIntegerField(_("most at once"), default=0)
    refused = models.PositiveIntegerField(_("came in vain"), default=0)

    class Meta:
        verbose_name = _("busiest moment of an hour")
        verbose_name_plural = _("busiest moments of hours")
        ordering = ["-hour"]
        constraints = [models.UniqueConstraint(name="seat_peak_once", fields=["subscription", "hour"])]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.hour:%Y-%m-%d %H}"
