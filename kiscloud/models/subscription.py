"""Products of a company: tried, activated, expired, renewed, gone (S6–S11)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.states import StateField, StateModel, states_check, transition
from kiscloud import policy
from kiscloud.editions import Edition
from kiscloud.models.activation import ActivationKey
from kiscloud.models.company import Company


class SubscriptionState(models.TextChoices):
    """The six states of S9."""

    UNUSED = "unused", _("Not used")
    TRIAL = "trial", _("In trial")
    PUBLIC = "public", _("In use in the public cloud")
    PRIVATE = "private", _("In use in a private cloud")
    SWITCHING = "in_use", _("In use")
    EXPIRED = "expired", _("Expired")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """What may be asked of products."""

    def listed(self) -> "SubscriptionQuerySet":
        """Those that were not deleted."""
        return self.filter(deleted_at__isnull=True)


class Subscription(StateModel):
    """An edition in a company. Whether it is over is judged on read (`state_at`); the job only writes it down.

    `mode` remembers where an activated one lives while it is expired or switching.
    """

    State = SubscriptionState
    ACTIVATED = (State.PUBLIC, State.PRIVATE, State.SWITCHING)

    class Mode(models.TextChoices):
        """Where the sets are."""

        PUBLIC = "public", _("Public cloud")
        PRIVATE = "private", _("Private cloud")

    company = models.ForeignKey(Company, models.PROTECT, related_name="subscriptions", verbose_name=_("company"))
    edition = models.CharField(_("edition"), max_length=12, choices=Edition)
    state = StateField(_("state"), choices=State, default=State.UNUSED)
    mode = models.CharField(_("cloud"), max_length=8, choices=Mode, default=Mode.PUBLIC)
    sets_total = models.PositiveIntegerField(_("account sets"), default=0)
    users_total = models.PositiveIntegerField(_("users"), default=0)
    by_licence = models.BooleanField(_("licence mode"), default=False)
    has_module = models.BooleanField(_("public-cloud service module"), default=False)
    key = models.OneToOneField(
        ActivationKey, models.PROTECT, null=True, related_name="subscription", verbose_name=_("activated with")
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    tried_at = models.DateTimeField(_("trial began"), null=True)
    activated_at = models.DateTimeField(_("activated"), null=True)
    starts_at = models.DateTimeField(_("period began"), null=True)
    expires_at = models.DateTimeField(_("ends"), null=True)
    private_since = models.DateTimeField(_("in a private cloud since"), null=True)
    held = models.BooleanField(_("held back from purging"), default=False)
    purged_at = models.DateTimeField(_("data deleted"), null=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects: ClassVar[SubscriptionQuerySet] = SubscriptionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("product of a company")
        verbose_name_plural = _("products of companies")
        ordering = ["id"]
        constraints = [
            states_check("state", SubscriptionState, name="subscription_state_known"),
            models.CheckConstraint(
                name="subscription_in_use_has_end", condition=Q(state="unused") | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="subscription_activated_with_key",
                condition=Q(state__in=["unused", "trial", "expired"]) | Q(activated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="subscription_activated_stays", condition=Q(deleted_at__isnull=True) | Q(activated_at__isnull=True)
            ),
            models.CheckConstraint(
                name="subscription_period", condition=Q(starts_at=None) | Q(expires_at__gt=F("starts_at"))
            ),
        ]
        indexes = [
            models.Index(name="subscription_ends", fields=["expires_at"], condition=Q(purged_at=None, deleted_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.get_edition_display()} ({self.company})"

    def is_over(self, *, at: datetime) -> bool:
        """Past its end at that moment."""
        return self.expires_at is not None and at >= self.expires_at

    @property
    def is_private(self) -> bool:
        """Used on the company's own server; while it changes between the clouds both are open (S9.6)."""
        return self.mode == self.Mode.PRIVATE and self.state != SubscriptionState.SWITCHING

    def state_at(self, *, at: datetime) -> SubscriptionState:
        """The state as people read it, though no job has written it down."""
        return SubscriptionState.EXPIRED if self.is_over(at=at) else SubscriptionState(self.state)

    def opens_at(self, *, at: datetime) -> bool:
        """Whether sets may be used: until 15 days after the end (S10.2, S10.3)."""
        return self.expires_at is not None and at < self.expires_at + policy.GRACE

    @transition(field=state, source=State.UNUSED, target=State.TRIAL)
    def try_out(self, *, at: datetime, until: datetime) -> None:
        """Free, for a while."""
        self.tried_at = self.starts_at = at
        self.expires_at, self.sets_total, self.users_total = until, policy.TRIAL_SETS, policy.TRIAL_USERS

    @transition(field=state, source=[State.UNUSED, State.TRIAL, State.EXPIRED], target=State.PUBLIC)
    def activate(self, *, at: datetime, until: datetime, key: ActivationKey) -> None:
        """Serial number and CD-Key were right."""
        self.activated_at = self.activated_at or at
        self.starts_at, self.expires_at, self.key = at, until, key
        self.mode = self.Mode.PUBLIC

    @transition(field=state, source=[*ACTIVATED, State.EXPIRED], target=State.PUBLIC)
    def renew_public(self, *, at: datetime, until: datetime) -> None:
        """The service was updated: the new period counts from now (S10.6)."""
        self.starts_at, self.expires_at = at, until

    @transition(field=state, source=[*ACTIVATED, State.EXPIRED], target=State.PRIVATE)
    def renew_private(self, *, at: datetime, until: datetime) -> None:
        """The same, of one that lives in a private cloud."""
        self.starts_at, self.expires_at = at, until

    @transition(field=state, source=[State.PUBLIC, State.PRIVATE], target=State.SWITCHING)
    def switch(self, *, mode: str) -> None:
        """On its way between the clouds, until the next log-in in either (S9.6)."""
        self.mode = mode

    @transition(field=state, source=State.SWITCHING, target=State.PUBLIC)
    def enter_public(self) -> None:
        """The first log-in in the public cloud."""

    @transition(field=state, source=State.SWITCHING, target=State.PRIVATE)
    def enter_private(self, *, at: datetime) -> None:
        """The first log-in in the private cloud."""
        self.private_since = self.private_since or at

    @transition(field=state, source=[State.TRIAL, *ACTIVATED], target=State.EXPIRED)
    def expire(self) -> None:
        """Its end has come."""


class ExpiryNotice(models.Model):
    """A notice of the end, sent once for each of its fixed days."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="notices")
    expires_at = models.DateTimeField()
    day = models.SmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("notice of an end")
        verbose_name_plural = _("notices of ends")
        constraints = [models.UniqueConstraint(name="expiry_notice_once", fields=["subscription", "expires_at", "day"])]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.day}"
