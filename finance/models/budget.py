"""Limits that warn or stop: budgets, low balances, and the switch that stops buying."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Folder, Relationship, User
from accounts.permissions import Point
from config.states import StateField, StateModel, states_check, transition
from finance.cycles import month_of, month_start
from finance.models.product import Product


class BudgetQuerySet(models.QuerySet["Budget"]):
    """What may be asked of budgets."""

    def visible_to(self, account: Account) -> "BudgetQuerySet":
        """Its own."""
        return self.filter(account=account)


class Budget(models.Model):
    """What a month may cost: of one member, of a folder with all below it, or of everything the account manages."""

    class Action(models.TextChoices):
        """What happens when the whole budget is reached, besides the message."""

        NOTIFY = "notify", _("Only tell me")
        STOP = "stop", _("Stop new purchases")
        ASK = "ask", _("Ask me whether to stop new purchases")

    account = models.ForeignKey(Account, models.PROTECT, related_name="budgets", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=60)
    relationship = models.ForeignKey(Relationship, models.PROTECT, null=True, blank=True, verbose_name=_("member"))
    folder = models.ForeignKey(Folder, models.CASCADE, null=True, blank=True, verbose_name=_("folder"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    amount = models.DecimalField(_("a month"), max_digits=18, decimal_places=2)
    actual = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name=_("tell me at, in per cent"))
    forecast = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name=_("when the forecast reaches"))
    action = models.CharField(_("when it is reached"), max_length=8, choices=Action, default=Action.NOTIFY)
    active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    objects: ClassVar[BudgetQuerySet] = BudgetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="budget_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="budget_one_scope", condition=Q(relationship__isnull=True) | Q(folder__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetCrossing(models.Model):
    """A threshold that a month crossed: one message each (one row, one message)."""

    class Basis(models.TextChoices):
        """By what was spent, or by what the month will come to."""

        ACTUAL = "actual", _("Spent")
        FORECAST = "forecast", _("Forecast")

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="crossings", verbose_name=_("budget"))
    month = models.DateField(_("month"))
    basis = models.CharField(_("basis"), max_length=8, choices=Basis)
    percent = models.PositiveSmallIntegerField(_("per cent"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("budget threshold reached")
        verbose_name_plural = _("budget thresholds reached")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="budget_crossing_once", fields=["budget", "month", "basis", "percent"])
        ]

    def __str__(self) -> str:
        return f"{self.budget_id}/{self.month:%Y-%m}/{self.percent}"


class BalanceAlertQuerySet(models.QuerySet["BalanceAlert"]):
    """What may be asked of alerts."""

    def counting(self) -> "BalanceAlertQuerySet":
        """Those of accounts themselves, and of managers that may see the member's balance now (K1.2)."""
        links = Relationship.objects.in_force().filter(points__contains=[Point.VIEW_BALANCE])
        seen = links.filter(manager=models.OuterRef("watcher"), member=models.OuterRef("account"))
        return self.filter(Q(account=F("watcher")) | models.Exists(seen))


class BalanceAlert(models.Model):
    """Somebody wants to know when what an account has available falls below this; once each time it does."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="balance_alerts", verbose_name=_("account"))
    watcher = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("told"))
    threshold = models.DecimalField(_("below"), max_digits=18, decimal_places=2)
    below_since = models.DateTimeField(_("below since"), null=True)
    created_at = models.DateTimeField(_("set"), default=timezone.now)

    objects: ClassVar[BalanceAlertQuerySet] = BalanceAlertQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("low-balance alert")
        verbose_name_plural = _("low-balance alerts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="balance_alert_once", fields=["account", "watcher"]),
            models.CheckConstraint(name="balance_alert_positive", condition=Q(threshold__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}<{self.threshold}"


class StopState(models.TextChoices):
    """Asked (by a budget that wants an answer), in force, or over."""

    ASKED = "asked", _("Waiting for your decision")
    ACTIVE = "active", _("In force")
    LIFTED = "lifted", _("Lifted")
    DECLINED = "declined", _("Declined")


class PurchaseStopQuerySet(models.QuerySet["PurchaseStop"]):
    """What may be asked of stops."""

    def visible_to(self, account: Account) -> "PurchaseStopQuerySet":
        """Those that the account, as manager, set or is asked about."""
        return self.filter(relationship__manager=account)

    def in_force(self, *, at: datetime) -> "PurchaseStopQuerySet":
        """Those that keep a member from buying at that moment: one that a budget set holds for its month only."""
        of_this_month = Q(budget=None) | Q(created_at__gte=month_start(month_of(at)))
        linked = Q(relationship__state__in=Relationship.IN_FORCE)
        return self.filter(linked, of_this_month, state=StopState.ACTIVE)

    def waiting(self, *, at: datetime) -> "PurchaseStopQuerySet":
        """Those that a budget proposed this month and nobody has decided about."""
        linked = Q(relationship__state__in=Relationship.IN_FORCE)
        return self.filter(linked, created_at__gte=month_start(month_of(at)), state=StopState.ASKED)


class PurchaseStop(StateModel):
    """A manager's switch: the member places no new orders; what runs goes on, and renewals stay possible."""

    State = StopState
    OPEN = (State.ASKED, State.ACTIVE)

    relationship = models.ForeignKey(
        Relationship, models.PROTECT, related_name="purchase_stops", verbose_name=_("relationship")
    )
    state = StateField(_("state"), choices=State, default=State.ACTIVE)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    budget = models.ForeignKey(Budget, models.SET_NULL, null=True, related_name="stops", verbose_name=_("budget"))
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("set"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[PurchaseStopQuerySet] = PurchaseStopQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("stop of purchases")
        verbose_name_plural = _("stops of purchases")
        ordering = ["-id"]
        constraints = [
            states_check("state", StopState, name="purchase_stop_state_known"),
            models.UniqueConstraint(
                name="purchase_stop_one_open", fields=["relationship"], condition=Q(state__in=["asked", "active"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}/{self.pk}"

    @transition(field=state, source=State.ASKED, target=State.ACTIVE)
    def approve(self) -> None:
        """The manager agrees to what its budget proposes."""

    @transition(field=state, source=State.ASKED, target=State.DECLINED)
    def decline(self, *, at: datetime) -> None:
        """Buying goes on."""
        self.ended_at = at

    @transition(field=state, source=State.ACTIVE, target=State.LIFTED)
    def lift(self, *, at: datetime) -> None:
        """The member may buy again."""
        self.ended_at = at


class SuspensionState(models.TextChoices):
    """Running on in its grace, stopped, or running again."""

    GRACE = "grace", _("Runs on for now")
    SUSPENDED = "suspended", _("Suspended")
    RESUMED = "resumed", _("Running again")


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """What may be asked of suspensions."""

    def visible_to(self, account: Account) -> "SuspensionQuerySet":
        """Those of what the account uses, and of what it pays for."""
        return self.filter(Q(payer=account) | Q(owner=account))

    def open(self) -> "SuspensionQuerySet":
        """Running on in their grace, or stopped."""
        return self.filter(state__in=Suspension.OPEN)


class Suspension(StateModel):
    """A product of an account whose payer has nothing available: it runs on through its grace, then stops (A2.5)."""

    State = SuspensionState
    OPEN = (State.GRACE, State.SUSPENDED)

    owner = models.ForeignKey(Account, models.PROTECT, related_name="suspensions", verbose_name=_("account"))
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("paid by"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    state = StateField(_("state"), choices=State, default=State.GRACE)
    since = models.DateTimeField(_("nothing available since"), default=timezone.now)
    stops_at = models.DateTimeField(_("stops"))
    suspended_at = models.DateTimeField(_("suspended"), null=True)
    resumed_at = models.DateTimeField(_("running again"), null=True)

    objects: ClassVar[SuspensionQuerySet] = SuspensionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-id"]
        constraints = [
            states_check("state", SuspensionState, name="suspension_state_known"),
            models.UniqueConstraint(
                name="suspension_one_open", fields=["owner", "product"], condition=Q(state__in=["grace", "suspended"])
            ),
        ]
        indexes = [models.Index(fields=["payer", "-id"])]

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.product_id}"

    @transition(field=state, source=State.GRACE, target=State.SUSPENDED)
    def suspend(self, *, at: datetime) -> None:
        """The grace is over."""
        self.suspended_at = at

    @transition(field=state, source=[State.GRACE, State.SUSPENDED], target=State.RESUMED)
    def resume(self, *, at: datetime) -> None:
        """The payer has something available again."""
        self.resumed_at = at
