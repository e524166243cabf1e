"""Money that goes out: own cash on its way to a bank account."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
from finance import policy
from finance.models.transfer import Transfer


class WithdrawalState(models.TextChoices):
    """Money set aside, approved, paid out, or given back."""

    REQUESTED = "requested", _("Being checked")
    APPROVED = "approved", _("Approved by one person")
    PAID = "paid", _("Paid out")
    RETURNED = "returned", _("Returned")


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    """What may be asked of withdrawals."""

    def visible_to(self, account: Account) -> "WithdrawalQuerySet":
        """Those that the account requested."""
        return self.filter(account=account)

    def under_way(self) -> "WithdrawalQuerySet":
        """Those whose money is set aside and neither paid nor given back."""
        return self.filter(state__in=[WithdrawalState.REQUESTED, WithdrawalState.APPROVED])


class Withdrawal(StateModel):
    """Own cash on its way to the account's bank account; set aside in the ledger from the first moment.

    It is paid to the account's own verified name only. Of the number only a masked form is readable in the table.
    """

    State = WithdrawalState

    account = models.ForeignKey(Account, models.PROTECT, related_name="withdrawals", verbose_name=_("account"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    state = StateField(_("state"), choices=State, default=State.REQUESTED)
    key = models.CharField(_("idempotency key"), max_length=64)
    payee = models.CharField(_("account holder"), max_length=120)
    bank_name = models.CharField(_("bank"), max_length=60)
    bank_account_masked = models.CharField(_("bank account"), max_length=30)
    bank_account_sealed = models.TextField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="withdrawal")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("requested"), default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="ended_withdrawal")
    provider_id = models.CharField(_("number of the payment"), max_length=64, null=True, unique=True)  # noqa: DJ001
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects: ClassVar[WithdrawalQuerySet] = WithdrawalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-created_at", "-id"]
        constraints = [
            states_check("state", WithdrawalState, name="withdrawal_state_known"),
            models.CheckConstraint(name="withdrawal_positive", condition=models.Q(amount__gt=0)),
            models.UniqueConstraint(name="withdrawal_once_per_key", fields=["account", "key"]),
            models.CheckConstraint(
                name="withdrawal_ended_has_transfer",
                condition=models.Q(state__in=["paid", "returned"], ended_transfer__isnull=False)
                | models.Q(state__in=["requested", "approved"], ended_transfer__isnull=True),
            ),
            models.CheckConstraint(
                name="withdrawal_paid_has_number",
                condition=models.Q(state="paid", provider_id__isnull=False)
                | models.Q(~models.Q(state="paid"), provider_id__isnull=True),
            ),
            models.CheckConstraint(
                name="withdrawal_two_people",
                condition=~models.Q(state="paid")
                | models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("ended_by")),
            ),
        ]
        indexes = [models.Index(fields=["account", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pk}"

    @property
    def needs_two(self) -> bool:
        """So much that one person of support approves it and another pays."""
        return self.amount >= policy.WITHDRAWAL_FOUR_EYES_FROM

    @transition(field=state, source=State.REQUESTED, target=State.APPROVED)
    def approve(self, *, by: User, at: datetime) -> None:
        """The first of two people agrees."""
        self.approved_by, self.approved_at = by, at

    @transition(field=state, source=[State.REQUESTED, State.APPROVED], target=State.PAID)
    def pay(self, *, by: User, at: datetime, provider_id: str) -> None:
        """The bank took it, by the transfer that is written with it."""
        self.ended_by, self.ended_at, self.provider_id = by, at, provider_id

    @transition(field=state, source=[State.REQUESTED, State.APPROVED], target=State.RETURNED)
    def give_back(self, *, by: User, at: datetime, reason: str) -> None:
        """It is own cash again, by the transfer that is written with it."""
        self.ended_by, self.ended_at, self.reason = by, at, reason
