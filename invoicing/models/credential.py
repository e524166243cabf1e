"""What a tenant's business systems log in with (I5.2)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.models.tenant import Tenant


class Credential(models.Model):
    """Client id, client secret and encrypt key of a tenant. The last two are sealed (`config.sealing`): the contract
    signs and encrypts with them, so they must be readable. After a new secret is made the old one works for a day.
    """

    tenant = models.OneToOneField(Tenant, models.PROTECT, related_name="credential", verbose_name=_("tenant"))
    client_id = models.CharField(_("client id"), max_length=24, unique=True)
    secret = models.TextField()
    encrypt_key = models.TextField()
    old_secret = models.TextField(blank=True)
    old_encrypt_key = models.TextField(blank=True)
    old_until = models.DateTimeField(null=True)
    calls_a_minute = models.PositiveIntegerField(_("calls a minute"), default=600)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    shown_at = models.DateTimeField(_("shown"), null=True)  # secrets are read once, then only renewed
    rotated_at = models.DateTimeField(_("renewed"), null=True)
    blocked_at = models.DateTimeField(_("blocked by staff"), null=True)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="credential_old_has_end",
                condition=Q(old_secret="") | Q(old_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.client_id


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """What may be asked of tokens."""

    def live(self, *, at: datetime) -> "AccessTokenQuerySet":
        """Those that still open something."""
        return self.filter(expires_at__gt=at, client__blocked_at__isnull=True)


class AccessToken(models.Model):
    """A token of the open API; only its digest is kept. A signature that made one makes no second."""

    client = models.ForeignKey(Credential, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    timestamp = models.CharField(max_length=20)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[AccessTokenQuerySet] = AccessTokenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        constraints = [models.UniqueConstraint(name="access_token_no_replay", fields=["client", "timestamp"])]

    def __str__(self) -> str:
        return str(self.pk)
