"""Money that comes in and goes out."""

import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
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


class TopUp(StateModel):
    """One payment announced by an account: by bank transfer, which staff confirm, or through the payment gateway."""

    class Channel(models.TextChoices):
        """How it is paid."""

        BANK = "bank", _("Bank transfer")
        GATEWAY = "gateway", _("Online payment")

    State = TopUpState

    account = models.ForeignKey(Account, models.PROTECT, related_name="top_ups", verbose_name=_("account"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    reference = models.CharField(_("reference"), max_length=8, unique=True, default=new_reference)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    state = StateField(_("state"), choices=State, default=State.WAITING)
    provider_id = models.CharField(_("provider's number"), max_length=64, null=True, unique=True)  # noqa: DJ001
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    credited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("credited by"))
    credited_at = models.DateTimeField(_("credited"), null=True)
    closed_reason = models.CharField(_("reason"), max_length=200, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="top_up")

    class Meta:
        verbose_name = _("top-up")
        verbose_name_plural = _("top-ups")
        ordering = ["-created_at", "-id"]
        constraints = [
            states_check("state", TopUpState, name="top_up_state_known"),
            models.CheckConstraint(name="top_up_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="top_up_credited_has_transfer",
                condition=models.Q(state="credited", transfer__isnull=False)
                | models.Q(~models.Q(state="credited"), transfer__isnull=True),
            ),
            models.CheckConstraint(
                name="top_up_two_people",
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("credited_by")),
            ),
        ]
        indexes = [models.Index(fields=["account", "-created_at"])]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=State.WAITING, target=State.CONFIRMED)
    def confirm(self, *, by: User, at: datetime) -> None:
        """The first of two people saw the money."""
        self.confirmed_by, self.confirmed_at = by, at

    @transition(field=state, source=[State.WAITING, State.CONFIRMED], target=State.CREDITED)
    def credit(self, *, by: User | None, at: datetime, transfer: Transfer) -> None:
        """The money is on the account."""
        self.credited_by, self.credited_at, self.transfer = by, at, transfer

    @transition(field=state, source=[State.WAITING, State.CONFIRMED], target=State.CLOSED)
    def close(self, *, reason: str) -> None:
        """No money came, or not this one."""
        self.closed_reason = reason


class WithdrawalState(models.TextChoices):
    """Money set aside, paid out, or given back."""

    REQUESTED = "requested", _("Being checked")
    PAID = "paid", _("Paid out")
    RETURNED = "returned", _("Returned")


class Withdrawal(StateModel):
    """Own cash on its way to the enterprise's bank account; set aside in the ledger from the first moment."""

    State = WithdrawalState

    account = models.ForeignKey(Account, models.PROTECT, related_name="withdrawals", verbose_name=_("account"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    state = StateField(_("state"), choices=State, default=State.REQUESTED)
    bank_name = models.CharField(_("bank"), max_length=60)
    bank_account_masked = models.CharField(_("bank account"), max_length=30)
    bank_account_sealed = models.TextField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("requested"), default=timezone.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-created_at", "-id"]
        constraints = [
            states_check("state", WithdrawalState, name="withdrawal_state_known"),
            models.CheckConstraint(name="withdrawal_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"

    @transition(field=state, source=State.REQUESTED, target=State.PAID)
    def pay(self, *, by: User, at: datetime) -> None:
        """The bank took it."""
        self.ended_by, self.ended_at = by, at

    @transition(field=state, source=State.REQUESTED, target=State.RETURNED)
    def give_back(self, *, by: User, at: datetime, reason: str) -> None:
        """It is own cash again."""
        self.ended_by, self.ended_at, self.reason = by, at, reason
