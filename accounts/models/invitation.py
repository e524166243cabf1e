"""Questions put to a member, and the short links that lead to them."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.relationship import Relationship
from accounts.models.user import User
from accounts.permissions import ConsoleRole
from config.states import StateField, StateModel, states_check, transition


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """What may be asked of invitations."""

    def open(self) -> "InvitationQuerySet":
        """Not answered; may be past its time, which is judged on read."""
        return self.filter(state=Invitation.State.OPEN)

    def overdue(self, *, at: datetime) -> "InvitationQuerySet":
        """Not answered and past its time."""
        return self.open().filter(expires_at__lte=at)


class InvitationState(models.TextChoices):
    """Open, or how it ended."""

    OPEN = "open", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    VOID = "void", _("Void")


class Invitation(StateModel):
    """One question with its terms: to link accounts, or to change what a link grants. Valid 48 hours (K4.8, Q-19)."""

    class Purpose(models.TextChoices):
        """What is asked."""

        LINK = "link", _("Link accounts")
        CHANGE = "change", _("Change permissions")

    class Door(models.TextChoices):
        """Which console asked: finance asks for financial points, the directory for console access (K12.7)."""

        FINANCE = "finance", _("Enterprise finance")
        DIRECTORY = "directory", _("Resource directory")

    State = InvitationState

    relationship = models.ForeignKey(
        Relationship, models.PROTECT, related_name="invitations", verbose_name=_("relationship")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    door = models.CharField(_("asked from"), max_length=10, choices=Door, default=Door.FINANCE)
    state = StateField(_("state"), choices=State, default=State.OPEN)
    points = ArrayField(models.CharField(max_length=32), default=list, verbose_name=_("permissions"))
    inherits = ArrayField(models.CharField(max_length=16), default=list, verbose_name=_("inherits"))
    console_role = models.CharField(_("console access"), max_length=16, choices=ConsoleRole, default=ConsoleRole.NONE)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("first opened"), null=True)
    nudged_at = models.DateTimeField(_("reminded"), null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-id"]
        constraints = [
            states_check("state", InvitationState, name="invitation_state_known"),
            models.UniqueConstraint(
                name="invitation_one_open", fields=["relationship"], condition=models.Q(state="open")
            ),
            models.CheckConstraint(
                name="invitation_ends_after_it_begins", condition=models.Q(expires_at__gt=models.F("sent_at"))
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(state="open"), name="invitation_due")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    def is_open(self, *, at: datetime | None = None) -> bool:
        """Can still be answered at that moment; a sleeping worker lengthens nothing."""
        return self.state == self.State.OPEN and (at or timezone.now()) < self.expires_at

    def state_at(self, at: datetime | None = None) -> str:
        """The state as it is to be shown: an open one past its time has expired, whatever the row still says."""
        expired = self.state == self.State.OPEN and not self.is_open(at=at)
        return self.State.EXPIRED if expired else str(self.state)

    @transition(field=state, source=State.OPEN, target=State.ACCEPTED)
    def accept(self, *, by: User | None, at: datetime) -> None:
        """The member agreed."""
        self.answered_by, self.answered_at = by, at

    @transition(field=state, source=State.OPEN, target=State.REFUSED)
    def refuse(self, *, by: User | None, at: datetime) -> None:
        """The member refused."""
        self.answered_by, self.answered_at = by, at

    @transition(field=state, source=State.OPEN, target=State.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        """Nobody answered in time, which counts as refused (K4.11)."""
        self.answered_at = at

    @transition(field=state, source=State.OPEN, target=State.WITHDRAWN)
    def withdraw(self, *, by: User | None, at: datetime) -> None:
        """The manager took it back."""
        self.answered_by, self.answered_at = by, at

    @transition(field=state, source=State.OPEN, target=State.VOID)
    def make_void(self, *, at: datetime) -> None:
        """The relationship ended meanwhile (Q-20)."""
        self.answered_at = at


class ShortLink(models.Model):
    """An unguessable address that leads to an invitation. Only the digest of its token is kept."""

    digest = models.CharField(max_length=64, unique=True)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="links", verbose_name=_("invitation"))
    channel = models.CharField(_("channel"), max_length=8)
    delivery = models.ForeignKey(
        "accounts.Delivery", models.SET_NULL, null=True, related_name="links", verbose_name=_("delivery")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    revoked_at = models.DateTimeField(_("replaced"), null=True)
    opens = models.PositiveIntegerField(_("opened"), default=0)

    class Meta:
        verbose_name = _("short link")
        verbose_name_plural = _("short links")

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
