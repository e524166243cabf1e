"""Change requests of the invoice cloud: another tax number, another tenant (I7)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from config.states import StateField, StateModel, states_check, transition
from finance.models import Order
from invoicing.models.tenant import Taxpayer, Tenant


class ChangeState(models.TextChoices):
    """From asked to done."""

    TO_PAY = "to_pay", _("To be paid")
    IN_REVIEW = "in_review", _("In review")
    DONE = "done", _("Done")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """What may be asked of change requests."""

    def to_review(self) -> "ChangeRequestQuerySet":
        """Those that wait for staff."""
        return self.filter(state=ChangeState.IN_REVIEW)


class ChangeRequest(StateModel):
    """One of the four forms. Approving moves the data in the same transaction; `result` says what was moved."""

    State = ChangeState
    OPEN = (State.TO_PAY, State.IN_REVIEW)

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
                condition=Q(state__in=["to_pay", "in_review"]),
            ),
        ]

    def __str__(self) -> str:
        return f"CR{self.pk:08d}" if self.pk else ""

    @transition(field=state, source=State.IN_REVIEW, target=State.TO_PAY)
    def ask_fee(self) -> None:
        """Changes for issuing cost money (I1.2): its order must be paid first."""

    @transition(field=state, source=State.TO_PAY, target=State.IN_REVIEW)
    def pay(self) -> None:
        """The fee is paid."""

    @transition(field=state, source=State.IN_REVIEW, target=State.DONE)
    def approve(self, *, at: datetime, by: User) -> None:
        """Staff agreed and the data was moved."""
        self.ended_at, self.answered_by = at, by

    @transition(field=state, source=State.IN_REVIEW, target=State.REJECTED)
    def reject(self, *, at: datetime, by: User, answer: str) -> None:
        """Staff said no, and why."""
        self.ended_at, self.answered_by, self.answer = at, by, answer

    @transition(field=state, source=OPEN, target=State.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """Whoever asked took it back."""
        self.ended_at = at
