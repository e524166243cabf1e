"""Issue orders (开票单): an invoice on its way through the tax platform."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.states import StateField, StateModel, states_check, transition
from invoicing import policy
from invoicing.models.credential import Credential
from invoicing.models.request import InvoiceRequest, RequestState


class IssueState(models.TextChoices):
    """Where it is. What may have reached the platform is asked about, never sent again."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    UNCLEAR = "unclear", _("Outcome unknown, being asked about")
    ACCEPTED = "accepted", _("Being issued")
    ISSUED = "issued", _("Issued")
    FAILED = "failed", _("Failed")


class IssueOrderQuerySet(models.QuerySet["IssueOrder"]):
    """What may be asked of issue orders."""

    def under_way(self) -> "IssueOrderQuerySet":
        """Not ended."""
        return self.filter(state__in=[*IssueOrder.UNDER_WAY, IssueState.WAITING])

    def to_follow(self, *, at: datetime) -> "IssueOrderQuerySet":
        """Those that should be sent or asked about now, the longest waiting first."""
        return self.under_way().filter(ask_after__lte=at).order_by("ask_after", "pk")

    def to_mend(self) -> "IssueOrderQuerySet":
        """Those that failed and that something still waits for; business systems mend theirs themselves."""
        by_request = Q(request__state=RequestState.ISSUING)
        by_letter = Q(red_letter__state__in=["01", "04"])
        return self.filter(by_request | by_letter, state=IssueState.FAILED, client__isnull=True)

    def stuck(self, *, at: datetime) -> "IssueOrderQuerySet":
        """Those that the platform has been working on for far too long."""
        return self.under_way().filter(created_at__lt=at - policy.STUCK_AFTER)


class IssueOrder(StateModel):
    """What is to be issued (`face`, see `invoicing.faces`), under a serial that the seller never uses twice.

    It is asked for by a request (cloud spending), by a red letter, or by a business system through the open API.
    """

    State = IssueState
    UNDER_WAY = (State.SENDING, State.UNCLEAR, State.ACCEPTED)

    serial = models.CharField(_("serial"), max_length=50)
    seller_tax_number = models.CharField(_("seller"), max_length=20)
    face = models.JSONField(_("content"))
    state = StateField(_("state"), choices=State, default=State.WAITING)
    request = models.OneToOneField(
        InvoiceRequest, models.PROTECT, null=True, related_name="issue_order", verbose_name=_("request")
    )
    red_letter = models.OneToOneField(
        "invoicing.RedLetter", models.PROTECT, null=True, related_name="issue_order", verbose_name=_("red letter")
    )
    client = models.ForeignKey(
        Credential, models.PROTECT, null=True, related_name="issue_orders", verbose_name=_("business system")
    )
    email = models.EmailField(_("goes to"), blank=True)
    fault = models.CharField(_("fault"), max_length=40, blank=True)  # a code of `invoicing.tax`
    message = models.CharField(_("message"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    ask_after = models.DateTimeField(_("asked about after"), null=True)  # or sent, as long as it waits
    asked = models.PositiveSmallIntegerField(_("times asked about"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[IssueOrderQuerySet] = IssueOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("issue order")
        verbose_name_plural = _("issue orders")
        ordering = ["-id"]
        constraints = [
            states_check("state", IssueState, name="issue_order_state_known"),
            models.UniqueConstraint(name="issue_order_serial_once", fields=["seller_tax_number", "serial"]),
        ]
        indexes = [
            models.Index(
                name="issue_order_under_way",
                fields=["ask_after"],
                condition=Q(state__in=["waiting", "sending", "unclear", "accepted"]),
            )
        ]

    def __str__(self) -> str:
        return self.serial

    @transition(field=state, source=State.WAITING, target=State.SENDING)
    def send(self, *, at: datetime) -> None:
        """Committed before the platform is called, so that a death in between leaves it to be asked about."""
        self.sent_at, self.asked, self.ask_after = at, 0, at + policy.ASK_AFTER_DEATH

    @transition(field=state, source=State.SENDING, target=State.ACCEPTED)
    def accept(self) -> None:
        """The platform has it and works on it."""

    @transition(field=state, source=State.SENDING, target=State.UNCLEAR)
    def doubt(self) -> None:
        """Nobody can say whether the platform has it."""

    @transition(field=state, source=[State.SENDING, State.UNCLEAR], target=State.WAITING)
    def send_again(self) -> None:
        """The platform certainly does not have it."""

    @transition(field=state, source=UNDER_WAY, target=State.ISSUED)
    def issue(self, *, at: datetime) -> None:
        """It has its number."""
        self.ended_at, self.fault, self.message = at, "", ""

    @transition(field=state, source=[State.WAITING, *UNDER_WAY], target=State.FAILED)
    def fail(self, *, at: datetime, fault: str, message: str) -> None:
        """The platform refused it."""
        self.ended_at, self.fault, self.message = at, fault[:40], message[:300]

    @transition(field=state, source=State.FAILED, target=State.WAITING)
    def try_again(self) -> None:
        """Staff or the seller mended the cause; the platform keeps nothing of what it refused."""
        self.ended_at = None
