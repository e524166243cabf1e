"""Requests for invoices (发票申请)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Relationship, User
from accounts.permissions import Point
from config.states import StateField, StateModel, states_check, transition


class InvoiceKind(models.TextChoices):
    """The two kinds; only of the special one may a buyer deduct the tax."""

    SPECIAL = "special", _("VAT special invoice")
    ORDINARY = "ordinary", _("Ordinary invoice")


class RequestState(models.TextChoices):
    """From asked to issued."""

    SUBMITTED = "submitted", pgettext_lazy("a request", "Submitted")
    ISSUING = "issuing", _("Being issued")
    ISSUED = "issued", _("Issued")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


class RequestQuerySet(models.QuerySet["InvoiceRequest"]):
    """What may be asked of requests."""

    def visible_to(self, account: Account) -> "RequestQuerySet":
        """Those for the account, and those that it asked for on behalf of a member."""
        return self.filter(Q(account=account) | Q(asked_by=account))

    def to_review(self) -> "RequestQuerySet":
        """Those that wait for staff."""
        return self.filter(state=RequestState.SUBMITTED, needs_review=True)

    def under_way(self) -> "RequestQuerySet":
        """Neither issued nor given up."""
        return self.filter(state__in=[RequestState.SUBMITTED, RequestState.ISSUING])


class InvoiceRequest(StateModel):
    """One invoice asked for, over what one payer paid. The title is a copy: later changes do not touch it.

    `asked_by` is the account itself, or the manager who asked on its behalf and with its title (A4.5, K7.6); the
    request lives on when that relationship is dissolved (K8.9).
    """

    State = RequestState
    Kind = InvoiceKind

    account = models.ForeignKey(Account, models.PROTECT, related_name="invoice_requests", verbose_name=_("for"))
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    relationship = models.ForeignKey(Relationship, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=InvoiceKind)
    state = StateField(_("state"), choices=State, default=State.SUBMITTED)
    needs_review = models.BooleanField(_("waits for staff"), default=False)
    title = models.JSONField(_("title"))  # kind, name, tax_number, address, phone, bank, bank_account
    # What was asked for, as shown before sending; it stays when the money is free again. `lines` as on the invoice,
    # `covers` as a list of month, account number and name, amount.
    content = models.JSONField(_("content"), default=dict)
    email = models.EmailField(_("goes to"), blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount with tax"), max_digits=18, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # of rejecting
    key = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[RequestQuerySet] = RequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice request")
        verbose_name_plural = _("invoice requests")
        ordering = ["-id"]
        constraints = [
            states_check("state", RequestState, name="invoice_request_state_known"),
            models.CheckConstraint(name="invoice_request_of_something", condition=Q(amount__gt=0)),
            models.UniqueConstraint(name="invoice_request_once", fields=["asked_by", "key"]),
        ]
        indexes = [models.Index(fields=["account", "-id"]), models.Index(fields=["asked_by", "-id"])]

    def __str__(self) -> str:
        return f"IR{self.pk:08d}" if self.pk else ""

    @transition(field=state, source=State.SUBMITTED, target=State.ISSUING)
    def approve(self) -> None:
        """Its invoice is being made."""

    @transition(field=state, source=State.ISSUING, target=State.ISSUED)
    def issue(self, *, at: datetime) -> None:
        """The invoice has its number."""
        self.ended_at = at

    @transition(field=state, source=[State.SUBMITTED, State.ISSUING], target=State.REJECTED)
    def reject(self, *, at: datetime, reason: str) -> None:
        """By staff, or for good by the tax platform; what it covered is open again."""
        self.ended_at, self.reason = at, reason

    @transition(field=state, source=State.SUBMITTED, target=State.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        """By whoever asked; what it covered is open again."""
        self.ended_at = at


class ControlState(models.TextChoices):
    """From asked to ended."""

    PROPOSED = "proposed", _("Waits for the member")
    IN_FORCE = "in_force", pgettext_lazy("a control", "In force")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", pgettext_lazy("an agreement", "Ended")


class ControlQuerySet(models.QuerySet["InvoiceControl"]):
    """What may be asked of controls."""

    def live(self) -> "ControlQuerySet":
        """Proposed or agreed on, and not ended."""
        return self.filter(state__in=[ControlState.PROPOSED, ControlState.IN_FORCE])

    def in_force(self) -> "ControlQuerySet":
        """Agreed on, in a relationship that still lets the manager request invoices."""
        mine = self.filter(state=ControlState.IN_FORCE, relationship__state__in=Relationship.IN_FORCE)
        return mine.filter(relationship__points__contains=[Point.REQUEST_INVOICE])

    def of(self, account: Account) -> "ControlQuerySet":
        """Those in which the account is one of the two sides."""
        return self.filter(Q(relationship__manager=account) | Q(relationship__member=account))


class InvoiceControl(StateModel):
    """“The member does not manage invoices” (禁止关联账户管理发票): the manager asks for them all (A3.4, A3.5).

    Only where both have the same title; it ends with the relationship.
    """

    State = ControlState

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="invoice_controls")
    state = StateField(_("state"), choices=State, default=State.PROPOSED)
    title_name = models.CharField(_("common title"), max_length=100)
    tax_number = models.CharField(_("tax number"), max_length=20)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[ControlQuerySet] = ControlQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("control of invoices")
        verbose_name_plural = _("controls of invoices")
        ordering = ["-id"]
        constraints = [
            states_check("state", ControlState, name="invoice_control_state_known"),
            models.UniqueConstraint(
                name="invoice_control_one_live",
                fields=["relationship"],
                condition=Q(state__in=["proposed", "in_force"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}"

    @transition(field=state, source=State.PROPOSED, target=State.IN_FORCE)
    def agree(self, *, at: datetime) -> None:
        """The member agreed."""
        self.answered_at = at

    @transition(field=state, source=State.PROPOSED, target=State.REFUSED)
    def refuse(self, *, at: datetime) -> None:
        """The member did not, or the manager took it back."""
        self.answered_at = self.ended_at = at

    @transition(field=state, source=[State.PROPOSED, State.IN_FORCE], target=State.ENDED)
    def end(self, *, at: datetime) -> None:
        """The member manages its invoices again."""
        self.ended_at = at
