"""What a set's books are: their parameters and their periods."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config.states import StateField, StateModel, states_check, transition
from kiscloud.books.models.voucher import VoucherState
from kiscloud.models import AccountSet
from kiscloud.set_parameters import TaxKind, Template


class Books(models.Model):
    """The parameters of a set's books, and where they stand. Its row is the lock of everything that is written.

    `month` is the first that is not closed: what is posted is posted there. Until `opened_at` opening balances can be
    entered and nothing can be posted. Only what somebody else audited is posted, unless `audit_first` is off.
    """

    account_set = models.OneToOneField(AccountSet, models.PROTECT, related_name="books", verbose_name=_("account set"))
    company = models.CharField(_("company"), max_length=120)
    tax_kind = models.CharField(_("taxpayer"), max_length=8, choices=TaxKind, default=TaxKind.GENERAL)
    template = models.CharField(_("chart of subjects"), max_length=20, choices=Template)
    code_lengths = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("digits of each level"))
    start_month = models.IntegerField(_("first period"))
    month = models.IntegerField(_("current period"))
    audit_first = models.BooleanField(_("vouchers are audited before they are posted"), default=True, db_default=True)
    opened_at = models.DateTimeField(_("opening balances finished"), null=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("books")
        verbose_name_plural = _("books")
        constraints = [
            models.CheckConstraint(
                name="books_month_after_start", condition=models.Q(month__gte=models.F("start_month"))
            )
        ]

    def __str__(self) -> str:
        return self.company

    @property
    def is_open(self) -> bool:
        """Opening balances are finished, so that vouchers can be posted."""
        return self.opened_at is not None

    @property
    def postable(self) -> list[str]:
        """The states from which vouchers are posted."""
        return [VoucherState.AUDITED] if self.audit_first else [VoucherState.SAVED, VoucherState.AUDITED]

    def stage(self, state: str) -> str:
        """What a voucher's state is called here: without audits a saved one waits to be posted."""
        if state == VoucherState.SAVED and not self.audit_first:
            return gettext("To be posted")
        return str(VoucherState(state).label)


class PeriodState(models.TextChoices):
    """Whether something can still be posted there."""

    OPEN = "open", pgettext_lazy("books", "Open")
    CLOSED = "closed", pgettext_lazy("books", "Closed")


class Period(StateModel):
    """A month of the books that is or was the current one."""

    State = PeriodState

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    month = models.IntegerField(_("month"))
    state = StateField(_("state"), choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["-month"]
        constraints = [
            states_check("state", PeriodState, name="books_period_state_known"),
            models.UniqueConstraint(name="books_period_once", fields=["account_set", "month"]),
        ]

    def __str__(self) -> str:
        return str(self.month)

    @transition(field=state, source=State.OPEN, target=State.CLOSED)
    def close(self) -> None:
        """Nothing is posted there any more."""
        self.closed_at = timezone.now()

    @transition(field=state, source=State.CLOSED, target=State.OPEN)
    def reopen(self) -> None:
        """It is the current one again."""
        self.closed_at = None
