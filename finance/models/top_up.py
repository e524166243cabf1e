"""Money that comes in: payments announced by an account."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
from finance import policy
from finance.models.transfer import Transfer


def new_reference() -> str:
    """What the payer writes into the transfer: eight digits that are not guessed."""
    return str(secrets.randbelow(90_000_000) + 10_000_000)


class TopUpState(models.TextChoices):
    """Waiting for the money, for a second pair of eyes, or ended."""

    WAITING = "waiting", _("Waiting for payment")
    CONFIRMED = "confirmed", _("Confirmed by one person")
    CREDITED = "credited", _("Credited")
    CLOSED = "closed", _("Closed")


# Bank transfers that a person of support still has to see at the bank; what the gateway reports and nobody can credit.
TO_CONFIRM = models.Q(channel="bank", state__in=[TopUpState.WAITING, TopUpState.CONFIRMED])
IN_TROUBLE = ~models.Q(trouble="")


class TopUpQuerySet(models.QuerySet["TopUp"]):
    """What may be asked of top-ups."""

    def visible_to(self, account: Account) -> "TopUpQuerySet":
        """Those that the account announced."""
        return self.filter(account=account)

    def payable(self, *, at: datetime | None = None) -> "TopUpQuerySet":
        """Those whose money can still come in time."""
        life_began = (at or timezone.now()) - policy.TOP_UP_LIFE
        return self.filter(state=TopUpState.WAITING, created_at__gt=life_began)

    def overdue(self, *, at: datetime | None = None) -> "TopUpQuerySet":
        """Those that nobody paid in time and that nobody has closed yet."""
        life_began = (at or timezone.now()) - policy.TOP_UP_LIFE
        return self.filter(state=TopUpState.WAITING, created_at__lte=life_began)

    def to_confirm(self) -> "TopUpQuerySet":
        """Those that wait for somebody of support to see the money at the bank."""
        return self.filter(TO_CONFIRM)

    def in_trouble(self) -> "TopUpQuerySet":
        """Those for which the gateway reports what nobody can credit by rule."""
        return self.filter(IN_TROUBLE)


class TopUp(StateModel):
    """One payment announced by an account: by bank transfer, which staff confirm, or through the payment gateway.

    `provider_id` is the number of the payment where it was made: the bank's own, or the gateway's.
    """

    class Channel(models.TextChoices):
        """How it is paid."""

        BANK = "bank", _("Bank transfer")
        GATEWAY = "gateway", _("Online payment")

    class End(models.TextChoices):
        """Why it was closed without money."""

        EXPIRED = "expired", _("Not paid in time")
        CANCELLED = "cancelled", _("Closed by the account")
        REFUSED = "refused", _("Closed by support")
        FAILED = "failed", _("The payment failed")
        LOST = "lost", _("The payment provider did not take the order")

    class Trouble(models.TextChoices):
        """What the gateway reports and nobody can credit by rule: a person of support looks."""

        AMOUNT_DIFFERS = "amount_differs", _("Another amount was paid")
        OTHER_ORDER = "other_order", _("Paid under another order")

    State = TopUpState

    account = models.ForeignKey(Account, models.PROTECT, related_name="top_ups", verbose_name=_("account"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    reference = models.CharField(_("reference"), max_length=8, unique=True, default=new_reference)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    state = StateField(_("state"), choices=State, default=State.WAITING)
    key = models.CharField(_("idempotency key"), max_length=64)
    provider_id = models.CharField(_("number of the payment"), max_length=64, null=True)  # noqa: DJ001
    pay_url = models.CharField(_("pay address"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("order placed"), null=True)
    ask_after = models.DateTimeField(_("ask again after"), null=True)
    trouble = models.CharField(_("trouble"), max_length=16, choices=Trouble, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    credited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("credited by"))
    credited_at = models.DateTimeField(_("credited"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    end = models.CharField(_("end"), max_length=10, choices=End, blank=True)
    closed_reason = models.CharField(_("reason"), max_length=200, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="top_up")

    objects: ClassVar[TopUpQuerySet] = TopUpQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("top-up")
        verbose_name_plural = _("top-ups")
        ordering = ["-created_at", "-id"]
        constraints = [
            states_check("state", TopUpState, name="top_up_state_known"),
            models.CheckConstraint(name="top_up_positive", condition=models.Q(amount__gt=0)),
            models.UniqueConstraint(name="top_up_once_per_key", fields=["account", "key"]),
            # One payment is never credited twice, whatever the code forgets.
            models.UniqueConstraint(name="top_up_once_per_payment", fields=["channel", "provider_id"]),
            models.CheckConstraint(
                name="top_up_credited_has_transfer",
                condition=models.Q(state="credited", transfer__isnull=False, provider_id__isnull=False)
                | models.Q(~models.Q(state="credited"), transfer__isnull=True),
            ),
            models.CheckConstraint(
                name="top_up_two_people",
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("credited_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"]),
            models.Index(name="top_up_waiting", fields=["created_at"], condition=models.Q(state="waiting")),
            models.Index(name="top_up_silent", fields=["ask_after"], condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def expires_at(self) -> datetime:
        """Until when it waits for the money."""
        return self.created_at + policy.TOP_UP_LIFE

    def is_payable(self, *, at: datetime) -> bool:
        """Whether it still waits for the money at that moment, though no job has closed it yet."""
        return self.state == TopUpState.WAITING and at < self.expires_at

    def state_at(self, *, at: datetime) -> TopUpState:
        """The state as people read it at that moment: one past its time is closed."""
        overdue = self.state == TopUpState.WAITING and not self.is_payable(at=at)
        return TopUpState.CLOSED if overdue else TopUpState(self.state)

    def is_late(self, *, at: datetime) -> bool:
        """Whether money that is seen at that moment comes after the end."""
        return self.closed_at is not None or (self.confirmed_at or at) >= self.expires_at

    @property
    def needs_two(self) -> bool:
        """A bank transfer so large that two people of support confirm it."""
        return self.channel == self.Channel.BANK and self.amount >= policy.TOP_UP_FOUR_EYES_FROM

    # Money that arrives after the end has arrived all the same: from `closed` the ways lead on.
    @transition(field=state, source=[State.WAITING, State.CLOSED], target=State.CONFIRMED)
    def confirm(self, *, by: User, at: datetime, provider_id: str) -> None:
        """The first of two people saw the money."""
        self.confirmed_by, self.confirmed_at, self.provider_id = by, at, provider_id

    @transition(field=state, source=[State.WAITING, State.CONFIRMED, State.CLOSED], target=State.CREDITED)
    def credit(self, *, by: User | None, at: datetime, provider_id: str) -> None:
        """The money is on the account, by the transfer that is written with it."""
        self.credited_by, self.credited_at, self.provider_id = by, at, provider_id

    @transition(field=state, source=[State.WAITING, State.CONFIRMED], target=State.CLOSED)
    def close(self, *, at: datetime, end: str, reason: str = "") -> None:
        """No money came, or not this one. A bank's number is free again: it may belong to another top-up."""
        self.closed_at, self.end, self.closed_reason = at, end, reason
        self.confirmed_by = self.confirmed_at = None
        if self.channel == self.Channel.BANK:
            self.provider_id = None
