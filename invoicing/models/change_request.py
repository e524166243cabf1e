"""Change requests of the invoice cloud: another tax number, another tenant (I7)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
from finance.models import Order
from invoicing import policy
from invoicing.models.tenant import Taxpayer, Tenant


class ChangeState(models.TextChoices):
    """From asked to done."""

    TO_AGREE = "to_agree", _("Waits for the other side")
    TO_PAY = "to_pay", pgettext_lazy("an order", "To be paid")
    IN_REVIEW = "in_review", _("In review")
    DONE = "done", _("Done")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """What may be asked of change requests."""

    def visible_to(self, account: Account) -> "ChangeRequestQuerySet":
        """Those that the account asked for, and those about its tenants."""
        return self.filter(Q(account=account) | Q(tenant__account=account) | Q(to_tenant__account=account))

    def to_agree(self, account: Account) -> "ChangeRequestQuerySet":
        """Those that wait for this account's word."""
        begun = timezone.now() - policy.CHANGE_ANSWER_LIFE
        asked = self.visible_to(account).filter(state=ChangeState.TO_AGREE, created_at__gt=begun)
        return asked.exclude(account=account)

    def lapsed(self, *, at: datetime) -> "ChangeRequestQuerySet":
        """Those that the other account did not answer in time and that nothing has closed yet."""
        return self.filter(state=ChangeState.TO_AGREE, created_at__lte=at - policy.CHANGE_ANSWER_LIFE)

    def to_review(self) -> "ChangeRequestQuerySet":
        """Those that wait for staff."""
        return self.filter(state=ChangeState.IN_REVIEW)


class ChangeRequest(StateModel):
    """One of the four forms. Approving moves the data in the same transaction; `result` says what was moved.

    Between two accounts the one that did not ask agrees first; what costs money is paid first; then staff review it.
    """

    State = ChangeState
    OPEN = (State.TO_AGREE, State.TO_PAY, State.IN_REVIEW)

    class Kind(models.TextChoices):
        """The two forms for tax numbers (I7.3) and the two for tenants (I7.4)."""

        ISSUING = "issuing", _("Change of name, tax number or tax device for issuing")
        RECEIVING = "receiving", _("Change of the enterprise for receiving")
        MOVE = "move", _("Change of tenant")
        MERGE = "merge", _("Merging of tenants")

    class Why(models.TextChoices):
        """When a tax number may be replaced (I7.2)."""

        WRONG = "wrong", _("The tax number was wrong when it was activated")
        GONE = "gone", _("The old tax number was cancelled or cannot be used any more")
        RENAMED = "renamed", _("Only the name or the tax device changes")
        OTHER = "other", _("Another reason")

    FORMS = (Kind.ISSUING, Kind.RECEIVING)  # about one tax number within its tenant

    kind = models.CharField(_("form"), max_length=10, choices=Kind)
    state = StateField(_("state"), choices=State, default=State.IN_REVIEW)
    account = models.ForeignKey(Account, models.PROTECT, related_name="change_requests", verbose_name=_("asked by"))
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="change_requests", verbose_name=_("tenant"))
    taxpayer = models.ForeignKey(
        Taxpayer, models.PROTECT, null=True, related_name="change_requests", verbose_name=_("enterprise")
    )
    to_tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+", verbose_name=_("new tenant"))
    new_name = models.CharField(_("new name"), max_length=120, blank=True)
    new_tax_number = models.CharField(_("new tax number"), max_length=18, blank=True)
    new_device = models.CharField(_("new tax device"), max_length=40, blank=True)
    why = models.CharField(_("why"), max_length=8, choices=Why)
    reason = models.CharField(_("explained"), max_length=500)
    fee_order = models.OneToOneField(
        Order, models.PROTECT, null=True, related_name="change_request", verbose_name=_("fee")
    )
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("agreed by"))
    agreed_at = models.DateTimeField(_("agreed on"), null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    result = models.JSONField(_("what was moved"), default=dict)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[ChangeRequestQuerySet] = ChangeRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ["-id"]
        constraints = [
            states_check("state", ChangeState, name="change_request_state_known"),
            models.UniqueConstraint(
                name="change_request_one_open",
                fields=["taxpayer", "kind"],
                condition=Q(state__in=["to_agree", "to_pay", "in_review"]),
            ),
            models.UniqueConstraint(
                name="change_request_one_merge",
                fields=["tenant"],
                condition=Q(kind="merge", state__in=["to_agree", "to_pay", "in_review"]),
            ),
        ]

    def __str__(self) -> str:
        return f"CR{self.pk:08d}" if self.pk else ""

    @property
    def answer_until(self) -> datetime:
        """Until when the other account can agree."""
        return self.created_at + policy.CHANGE_ANSWER_LIFE

    def has_lapsed(self, *, at: datetime | None = None) -> bool:
        """Nobody answered in time, though no job may have closed it yet."""
        return self.state == ChangeState.TO_AGREE and (at or timezone.now()) >= self.answer_until

    @property
    def other_account(self) -> Account | None:
        """The side that did not ask, where two accounts are concerned (I7.4)."""
        sides = [self.tenant.account, self.to_tenant.account] if self.to_tenant else [self.tenant.account]
        return next((side for side in sides if side != self.account), None)

    @property
    def subject_name(self) -> str:
        """Whom it is about: the enterprise, or the tenant that ends; between two accounts by its number only."""
        if self.taxpayer is not None:
            return self.taxpayer.name
        return self.tenant.name if self.other_account is None else self.tenant.number

    @property
    def replaces_number(self) -> bool:
        """Another tax number takes over, which is more than a new name or device."""
        return bool(self.new_tax_number) and self.new_tax_number != (self.taxpayer and self.taxpayer.tax_number)

    @transition(field=state, source=State.IN_REVIEW, target=State.TO_AGREE)
    def ask_other(self) -> None:
        """It concerns data of another account, which must agree first."""

    @transition(field=state, source=State.TO_AGREE, target=State.IN_REVIEW)
    def agree(self, *, at: datetime, by: User) -> None:
        """The other side lets its data go, or takes it in."""
        self.agreed_at, self.agreed_by = at, by

    @transition(field=state, source=State.TO_AGREE, target=State.REJECTED)
    def decline(self, *, at: datetime, by: User, answer: str) -> None:
        """The other side said no, and why."""
        self.ended_at, self.answered_by, self.answer = at, by, answer

    @transition(field=state, source=State.IN_REVIEW, target=State.TO_PAY)
    def ask_fee(self) -> None:
        """Changes for issuing cost money (I1.2): its order must be paid first."""

    @transition(field=state, source=State.TO_PAY, target=State.IN_REVIEW)
    def pay(self) -> None:
        """The fee is paid."""

    @transition(field=state, source=State.TO_PAY, target=State.IN_REVIEW)
    def waive(self) -> None:
        """Staff let it pass without the fee."""

    @transition(field=state, source=State.IN_REVIEW, target=State.DONE)
    def approve(self, *, at: datetime, by: User, answer: str, result: dict[str, int]) -> None:
        """Staff agreed and the data was moved."""
        self.ended_at, self.answered_by, self.answer, self.result = at, by, answer, result

    @transition(field=state, source=State.IN_REVIEW, target=State.REJECTED)
    def reject(self, *, at: datetime, by: User, answer: str) -> None:
        """Staff said no, and why."""
        self.ended_at, self.answered_by, self.answer = at, by, answer

    @transition(field=state, source=OPEN, target=State.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """Whoever asked took it back."""
        self.ended_at = at
