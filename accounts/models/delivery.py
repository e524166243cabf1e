"""Letters and texts that the system sends, with what became of them."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import Account
from accounts.models.event import Event
from accounts.models.user import User
from config.states import StateField, StateModel, states_check, transition


class DeliveryState(models.TextChoices):
    """Waiting, under way, accepted by the provider, or given up."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", pgettext_lazy("state of a letter", "Sent")
    FAILED = "failed", _("Failed")


class Delivery(StateModel):
    """One letter or text to one person. It holds no content and no full address: both are made when it is sent."""

    class Channel(models.TextChoices):
        """By which way."""

        MAIL = "mail", pgettext_lazy("way of a letter", "E-mail")
        SMS = "sms", _("Text message")

    State = DeliveryState

    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="deliveries", verbose_name=_("event"))
    letter = models.CharField(_("letter"), max_length=60)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("person"))
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+", verbose_name=_("account"))
    target = models.CharField(_("to"), max_length=120)
    state = StateField(_("state"), choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    provider_id = models.CharField(_("provider's id"), max_length=120, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            states_check("state", DeliveryState, name="delivery_state_known"),
            models.UniqueConstraint(
                name="delivery_once_per_event", fields=["event", "letter", "channel", "user"], nulls_distinct=True
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.pk}"

    @transition(field=state, source=State.QUEUED, target=State.SENT)
    def succeed(self, *, provider_id: str, at: datetime) -> None:
        """The provider took it."""
        self.provider_id, self.sent_at, self.problem = provider_id[:120], at, ""

    @transition(field=state, source=State.QUEUED, target=State.FAILED)
    def fail(self, *, problem: str) -> None:
        """Given up after the last attempt, or at once where trying again is of no use."""
        self.problem = problem[:200]

    @transition(field=state, source=[State.FAILED, State.SENT], target=State.QUEUED)
    def queue_again(self) -> None:
        """A person asked for another try."""
        self.attempts, self.problem = 0, ""
