"""Red letters (红字信息确认单): taking back an issued invoice, whole or in part."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.states import StateField, StateModel, states_check, transition
from invoicing import policy
from invoicing.models.credential import Credential
from invoicing.models.invoice import Invoice, InvoiceLine
from invoicing.models.received import ReceivedInvoice


class RedState(models.TextChoices):
    """As tax bureaus number them; 01 and 04 may be issued, 02 and 03 wait, the others are over."""

    NOT_NEEDED = "01", _("No confirmation needed")
    WAITS_FOR_BUYER = "02", _("Waits for the buyer")
    WAITS_FOR_SELLER = "03", _("Waits for the seller")
    CONFIRMED = "04", _("Confirmed by both")
    REFUSED_BY_BUYER = "05", _("Refused by the buyer")
    REFUSED_BY_SELLER = "06", _("Refused by the seller")
    LAPSED = "07", _("Not confirmed within 72 hours")
    WITHDRAWN = "08", _("Withdrawn")
    WITHDRAWN_CONFIRMED = "09", _("Withdrawn after it was confirmed")
    ABNORMAL = "10", _("Void for an abnormal document")


class RedReason(models.TextChoices):
    """As tax bureaus number them; gateways have numbers of their own."""

    ERROR = "01", _("Issued with an error")
    RETURN = "02", _("Goods returned")
    ENDED = "03", _("Service ended")
    ALLOWANCE = "04", _("Allowance")


class RedLetterQuerySet(models.QuerySet["RedLetter"]):
    """What may be asked of red letters."""

    def counting(self, *, at: datetime | None = None) -> "RedLetterQuerySet":
        """Those that hold a part of their invoice: issued or still possible. Deadlines are judged at that moment."""
        now = at or timezone.now()
        waits = Q(state__in=RedLetter.WAITS, created_at__gt=now - policy.RED_LETTER_LIFE)
        return self.filter(Q(state__in=RedLetter.READY) | waits)

    def lapsed(self, *, at: datetime) -> "RedLetterQuerySet":
        """Those whose time is over and that no job has closed yet."""
        return self.filter(state__in=RedLetter.WAITS, created_at__lte=at - policy.RED_LETTER_LIFE)

    def waiting_for(self, *states: str, at: datetime) -> "RedLetterQuerySet":
        """Those that can still be answered by the side that is asked."""
        return self.filter(state__in=states, created_at__gt=at - policy.RED_LETTER_LIFE)

    def to_answer(self, *, at: datetime) -> "RedLetterQuerySet":
        """What staff answer: buyers of the cloud spending ask them, and buyers whom nobody here knows are asked."""
        copies = ReceivedInvoice.objects.filter(code="", number=OuterRef("invoice__number"))
        copies = copies.filter(taxpayer__tax_number=OuterRef("invoice__buyer_tax_number"))
        unknown = Q(state=RedLetter.State.WAITS_FOR_BUYER, invoice__account__isnull=True) & ~Exists(copies)
        of_vendor = Q(state=RedLetter.State.WAITS_FOR_SELLER, invoice__tenant__isnull=True)
        return self.waiting_for(*RedLetter.WAITS, at=at).filter(of_vendor | unknown)


class RedLetter(StateModel):
    """A form by which (parts of) lines are taken back. Where the buyer has used the invoice the other side confirms
    it within 72 hours; then the seller's red invoice is issued.
    """

    State = RedState
    Reason = RedReason
    READY = (State.NOT_NEEDED, State.CONFIRMED)
    WAITS = (State.WAITS_FOR_BUYER, State.WAITS_FOR_SELLER)

    class Side(models.TextChoices):
        """Who began it."""

        SELLER = "0", _("Seller")
        BUYER = "1", _("Buyer")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="red_letters", verbose_name=_("invoice"))
    number = models.CharField(_("number"), max_length=20, unique=True)
    side = models.CharField(_("begun by"), max_length=1, choices=Side, default=Side.SELLER)
    state = StateField(_("state"), choices=State, default=State.NOT_NEEDED)
    reason = models.CharField(_("reason"), max_length=2, choices=RedReason)
    amount = models.DecimalField(_("amount without tax"), max_digits=18, decimal_places=2)  # negative
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=2)  # negative or 0
    client = models.ForeignKey(
        Credential, models.PROTECT, null=True, related_name="red_letters", verbose_name=_("business system")
    )
    serial = models.CharField(_("serial"), max_length=50, blank=True)  # under which a business system asked for it
    email = models.EmailField(_("goes to"), blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects: ClassVar[RedLetterQuerySet] = RedLetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("red letter")
        verbose_name_plural = _("red letters")
        ordering = ["-id"]
        constraints = [
            states_check("state", RedState, name="red_letter_state_known"),
            models.CheckConstraint(name="red_letter_is_negative", condition=Q(amount__lt=0, tax__lte=0)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def expires_at(self) -> datetime:
        """Until when the other side can confirm it."""
        return self.created_at + policy.RED_LETTER_LIFE

    def state_at(self, *, at: datetime) -> RedState:
        """The state as people read it at that moment, though no job has closed it yet."""
        return RedState.LAPSED if self.state in self.WAITS and at >= self.expires_at else RedState(self.state)

    @transition(field=state, source=State.NOT_NEEDED, target=State.WAITS_FOR_BUYER)
    def ask_buyer(self) -> None:
        """The buyer has used the invoice: it must confirm."""

    @transition(field=state, source=State.NOT_NEEDED, target=State.WAITS_FOR_SELLER)
    def ask_seller(self) -> None:
        """The buyer began it: the seller must confirm."""

    @transition(field=state, source=WAITS, target=State.CONFIRMED)
    def confirm(self, *, at: datetime) -> None:
        """The other side agreed."""
        self.answered_at = at

    @transition(field=state, source=State.WAITS_FOR_BUYER, target=State.REFUSED_BY_BUYER)
    def refuse_as_buyer(self, *, at: datetime) -> None:
        """The buyer did not agree."""
        self.answered_at = at

    @transition(field=state, source=State.WAITS_FOR_SELLER, target=State.REFUSED_BY_SELLER)
    def refuse_as_seller(self, *, at: datetime) -> None:
        """The seller did not agree."""
        self.answered_at = at

    @transition(field=state, source=WAITS, target=State.LAPSED)
    def lapse(self, *, at: datetime) -> None:
        """Nobody answered in time."""
        self.answered_at = at

    @transition(field=state, source=[*WAITS, State.NOT_NEEDED], target=State.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """Whoever began it took it back."""
        self.answered_at = at

    @transition(field=state, source=State.CONFIRMED, target=State.WITHDRAWN_CONFIRMED)
    def withdraw_confirmed(self, *, at: datetime) -> None:
        """Taken back after both had agreed, before its invoice was issued."""
        self.answered_at = at

    @transition(field=state, source=[*WAITS, *READY], target=State.ABNORMAL)
    def void(self, *, at: datetime) -> None:
        """The tax platform refused it."""
        self.answered_at = at


class RedLine(models.Model):
    """How much of a line is taken back: negative amounts, the line's own rate and class."""

    letter = models.ForeignKey(RedLetter, models.CASCADE, related_name="lines")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="red_lines")
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=13, null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("red line")
        verbose_name_plural = _("red lines")
        constraints = [models.UniqueConstraint(name="red_line_once", fields=["letter", "line"])]

    def __str__(self) -> str:
        return f"{self.letter_id}/{self.line_id}"
