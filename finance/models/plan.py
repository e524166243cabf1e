"""Repayment plans (还款计划): a manager's promise to pay chosen statements of its members (K11)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship, User
from config.states import StateField, StateModel, states_check, transition
from finance.models.statement import Statement


class PlanState(models.TextChoices):
    """Under way, or ended."""

    ACTIVE = "active", _("Under way")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class PlanQuerySet(models.QuerySet["RepaymentPlan"]):
    """What may be asked of plans."""

    def visible_to(self, account: Account) -> "PlanQuerySet":
        """Its own."""
        return self.filter(account=account)


class RepaymentPlan(StateModel):
    """Pays its items from the manager's own cash as far as it goes, each time some arrives (K11.6)."""

    State = PlanState

    class Order(models.TextChoices):
        """Which item is paid first."""

        OLDEST_DUE = "oldest_due", _("Earliest due date first")
        AS_LISTED = "as_listed", _("In the order in which I put them")
        SMALLEST = "smallest", _("Smallest amount first")

    account = models.ForeignKey(Account, models.PROTECT, related_name="repayment_plans", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=60)
    state = StateField(_("state"), choices=State, default=State.ACTIVE)
    order = models.CharField(_("order"), max_length=12, choices=Order, default=Order.OLDEST_DUE)
    consented_at = models.DateTimeField(_("agreed"))  # K11.3
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[PlanQuerySet] = PlanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("repayment plan")
        verbose_name_plural = _("repayment plans")
        ordering = ["-id"]
        constraints = [states_check("state", PlanState, name="repayment_plan_state_known")]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source=State.ACTIVE, target=State.COMPLETED)
    def complete(self, *, at: datetime) -> None:
        """Every item has ended."""
        self.ended_at = at

    @transition(field=state, source=State.ACTIVE, target=State.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        """By hand, while it is not complete (K11.4, K11.5); what was paid stays paid."""
        self.ended_at = at


class ItemState(models.TextChoices):
    """What became of one statement in the plan."""

    PENDING = "pending", _("Waiting")
    PAID = "paid", _("Repaid")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    ELSEWHERE = "elsewhere", _("Settled elsewhere")


class PlanItem(StateModel):
    """One statement of a member in a plan, paid in one or more parts."""

    State = ItemState

    plan = models.ForeignKey(RepaymentPlan, models.CASCADE, related_name="items", verbose_name=_("repayment plan"))
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="plan_items", verbose_name=_("statement"))
    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="+", verbose_name=_("relationship"))
    position = models.PositiveIntegerField(_("position"), default=0)
    amount = models.DecimalField(_("due when planned"), max_digits=18, decimal_places=2)
    paid = models.DecimalField(_("paid"), max_digits=18, decimal_places=2, default=0)
    state = StateField(_("state"), choices=State, default=State.PENDING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("statement in a plan")
        verbose_name_plural = _("statements in plans")
        ordering = ["position", "id"]
        constraints = [
            states_check("state", ItemState, name="plan_item_state_known"),
            # A statement waits in one plan at a time, whoever's it is.
            models.UniqueConstraint(name="plan_item_one_waiting", fields=["statement"], condition=Q(state="pending")),
            models.CheckConstraint(name="plan_item_paid_not_negative", condition=Q(paid__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.statement_id}"

    @transition(field=state, source=State.PENDING, target=State.PAID)
    def finish(self, *, at: datetime) -> None:
        """The statement is settled, the last part by this plan."""
        self.ended_at = at

    @transition(field=state, source=State.PENDING, target=State.ELSEWHERE)
    def find_settled(self, *, at: datetime) -> None:
        """Somebody else paid the rest (Q-23)."""
        self.ended_at = at

    @transition(field=state, source=State.PENDING, target=State.SKIPPED)
    def skip(self, *, at: datetime, reason: str) -> None:
        """The right is gone: dissolved, permission withdrawn, plan cancelled (Q-22)."""
        self.ended_at, self.reason = at, reason

    @transition(field=state, source=State.PENDING, target=State.FAILED)
    def fail(self, *, at: datetime, reason: str) -> None:
        """It cannot be paid for another reason."""
        self.ended_at, self.reason = at, reason
