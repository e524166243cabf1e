"""Monthly statements (月结算单): a month of one payer, confirmed, then repaid; and what is disputed."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition

ZERO = Decimal("0.00")


class StatementState(models.TextChoices):
    """From the running month to the last fen."""

    DRAFT = "draft", _("Month under way")
    TO_CONFIRM = "to_confirm", _("To be confirmed")
    DISPUTED = "disputed", _("Disputed")
    CONFIRMED = "confirmed", _("Confirmed, to be repaid")
    PARTLY_PAID = "partly_paid", _("Partly repaid")
    SETTLED = "settled", _("Settled")


OWES = Q(credit__gt=F("repaid") + F("waived") - F("outstanding"))  # something is still to be repaid


class StatementQuerySet(models.QuerySet["Statement"]):
    """What may be asked of statements."""

    def of(self, account: Account) -> "StatementQuerySet":
        """Those that the account has to pay."""
        return self.filter(account=account)

    def repayable(self) -> "StatementQuerySet":
        """Confirmed, with something left."""
        return self.filter(state__in=Statement.REPAYABLE)

    def overdue(self, *, today: date | None = None) -> "StatementQuerySet":
        """Issued, past the day, with something left."""
        found = self.filter(OWES, due_on__lt=today or timezone.localdate())
        return found.exclude(state__in=[StatementState.DRAFT, StatementState.SETTLED])


class Statement(StateModel):
    """A month of one payer. Lines add to it while it is a draft; afterwards later lines go to the next one.

    What is due is what the month left on credit and unpaid: `credit + outstanding − repaid − waived`. Over all of an
    account's statements that is its credit in use plus its arrears, as far as they came from bills.
    """

    State = StatementState
    REPAYABLE = (State.CONFIRMED, State.PARTLY_PAID)
    ISSUED = (State.TO_CONFIRM, State.DISPUTED, *REPAYABLE, State.SETTLED)

    account = models.ForeignKey(Account, models.PROTECT, related_name="statements", verbose_name=_("account"))
    month = models.DateField(_("month"))  # its first day
    state = StateField(_("state"), choices=State, default=State.DRAFT)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    payable = models.DecimalField(_("payable"), max_digits=18, decimal_places=2, default=ZERO)
    voucher = models.DecimalField(_("vouchers"), max_digits=18, decimal_places=2, default=ZERO)
    cash = models.DecimalField(_("cash"), max_digits=18, decimal_places=2, default=ZERO)
    credit = models.DecimalField(_("on credit"), max_digits=18, decimal_places=2, default=ZERO)
    outstanding = models.DecimalField(_("unpaid when billed"), max_digits=18, decimal_places=2, default=ZERO)
    repaid = models.DecimalField(_("repaid"), max_digits=18, decimal_places=2, default=ZERO)
    waived = models.DecimalField(_("waived"), max_digits=18, decimal_places=2, default=ZERO)
    issued_at = models.DateTimeField(_("issued"), null=True)
    due_on = models.DateField(_("due"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    # Whether totals of its lines are kept by day (`DaySum`): never while it is a draft.
    summed = models.BooleanField(_("summed by day"), default=False, db_default=False, editable=False)

    objects: ClassVar[StatementQuerySet] = StatementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("monthly statement")
        verbose_name_plural = _("monthly statements")
        ordering = ["-month", "-id"]
        # Few of all that there ever were: what is to be issued is found without looking at the others.
        indexes = [models.Index(name="statement_drafts", fields=["month", "id"], condition=Q(state="draft"))]
        constraints = [
            states_check("state", StatementState, name="statement_state_known"),
            models.UniqueConstraint(name="statement_one_a_month", fields=["account", "month"]),
            models.CheckConstraint(
                name="statement_adds_up",
                condition=Q(payable=F("voucher") + F("cash") + F("credit") + F("outstanding")),
            ),
            models.CheckConstraint(
                name="statement_settled_owes_nothing",
                condition=~Q(state="settled") | Q(repaid=F("credit") + F("outstanding") - F("waived")),
            ),
            models.CheckConstraint(name="statement_summed_when_closed", condition=~Q(state="draft") | Q(summed=False)),
            models.CheckConstraint(
                name="statement_issued_has_time", condition=Q(state="draft") | Q(issued_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def due(self) -> Decimal:
        """What is still to be repaid, in yuan."""
        return self.credit + self.outstanding - self.repaid - self.waived

    def is_overdue(self, *, today: date | None = None) -> bool:
        """Past its day with something left."""
        late = self.due_on is not None and self.due_on < (today or timezone.localdate())
        return late and self.due > ZERO and self.state not in {self.State.DRAFT, self.State.SETTLED}

    @transition(field=state, source=State.DRAFT, target=State.TO_CONFIRM)
    def issue(self, *, at: datetime, due_on: date) -> None:
        """The month is over and billed."""
        self.issued_at, self.due_on = at, due_on

    @transition(field=state, source=State.TO_CONFIRM, target=State.DISPUTED)
    def dispute(self) -> None:
        """A line is doubted before it is confirmed."""

    @transition(field=state, source=State.DISPUTED, target=State.TO_CONFIRM)
    def answer_disputes(self) -> None:
        """The last doubt was answered."""

    @transition(field=state, source=[State.TO_CONFIRM, State.DISPUTED], target=State.CONFIRMED)
    def confirm(self, *, at: datetime, by: User | None) -> None:
        """The amounts are agreed, but for what is disputed."""
        self.confirmed_at, self.confirmed_by = at, by

    @transition(field=state, source=[State.CONFIRMED, State.PARTLY_PAID], target=State.PARTLY_PAID)
    def pay_part(self) -> None:
        """Something was repaid, and something is left."""

    @transition(
        field=state,
        source=[State.TO_CONFIRM, State.DISPUTED, State.CONFIRMED, State.PARTLY_PAID],
        target=State.SETTLED,
    )
    def settle(self, *, at: datetime) -> None:
        """Nothing is left to repay."""
        self.settled_at = at


class StatementPart(models.Model):
    """What one charge adds to a draft to which many add at once; gone when it is counted in."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="parts", verbose_name=_("statement"))
    payable = models.DecimalField(_("payable"), max_digits=18, decimal_places=2)
    voucher = models.DecimalField(_("vouchers"), max_digits=18, decimal_places=2)
    cash = models.DecimalField(_("cash"), max_digits=18, decimal_places=2)
    credit = models.DecimalField(_("on credit"), max_digits=18, decimal_places=2)
    outstanding = models.DecimalField(_("unpaid when billed"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("part of a statement")
        verbose_name_plural = _("parts of statements")
        constraints = [
            models.CheckConstraint(
                name="statement_part_adds_up",
                condition=Q(payable=F("voucher") + F("cash") + F("credit") + F("outstanding")),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DisputeState(models.TextChoices):
    """Open until staff answer."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Dispute(StateModel):
    """An amount of a bill line that the payer doubts; not repaid while it is open, credited if staff agree."""

    State = DisputeState

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="disputes", verbose_name=_("statement"))
    line = models.ForeignKey("finance.BillLine", models.PROTECT, related_name="disputes", verbose_name=_("line"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500)
    state = StateField(_("state"), choices=State, default=State.OPEN)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answer_by = models.DateTimeField(_("to be answered by"))
    credit_line = models.ForeignKey(
        "finance.BillLine", models.PROTECT, null=True, related_name="credits", verbose_name=_("credited by")
    )
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("raised"), default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-id"]
        constraints = [
            states_check("state", DisputeState, name="dispute_state_known"),
            models.CheckConstraint(name="dispute_of_something", condition=Q(amount__gt=0)),
            models.UniqueConstraint(name="dispute_one_open_per_line", fields=["line"], condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.pk}"

    @transition(field=state, source=State.OPEN, target=State.ACCEPTED)
    def accept(self, *, at: datetime, by: User, answer: str) -> None:
        """Staff agree: the amount is credited."""
        self.answered_at, self.answered_by, self.answer = at, by, answer

    @transition(field=state, source=State.OPEN, target=State.REFUSED)
    def refuse(self, *, at: datetime, by: User, answer: str) -> None:
        """Staff disagree, and say why: the amount is due."""
        self.answered_at, self.answered_by, self.answer = at, by, answer

    @transition(field=state, source=State.OPEN, target=State.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """Whoever raised it takes it back."""
        self.answered_at = at
