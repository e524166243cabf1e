"""Vouchers (凭证) and their lines."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.states import StateField, StateModel, states_check, transition
from kiscloud.books.models.item import Item
from kiscloud.books.models.people import BookUser
from kiscloud.books.models.subject import Subject
from kiscloud.models import AccountSet


class Word(models.TextChoices):
    """The kind of a voucher, before its number."""

    GENERAL = "记", _("General")
    RECEIPT = "收", _("Receipt")
    PAYMENT = "付", _("Payment")
    TRANSFER = "转", _("Transfer")


class VoucherState(models.TextChoices):
    """From being written to being in the books."""

    DRAFT = "draft", _("Draft")
    SAVED = "saved", _("To be audited")
    AUDITED = "audited", _("Audited")
    POSTED = "posted", _("Posted")
    VOID = "void", _("Void")


class BookVoucherQuerySet(models.QuerySet["Voucher"]):
    """What may be asked of vouchers."""

    def of(self, account_set: AccountSet) -> "BookVoucherQuerySet":
        """Those of this set."""
        return self.filter(account_set=account_set)

    def waiting(self) -> "BookVoucherQuerySet":
        """Those that are still to be posted."""
        return self.filter(state__in=[VoucherState.DRAFT, VoucherState.SAVED, VoucherState.AUDITED])


class Voucher(StateModel):
    """A voucher of a month. Its number is given when it is saved; a draft may be incomplete and has none yet.

    The database keeps that one which is no draft balances, that its lines stay, that a posted one never changes, and
    that one is audited before it is posted where the books want it.
    """

    State = VoucherState

    class Kind(models.TextChoices):
        """How it came about."""

        ENTERED = "entered", _("Entered")
        CARRY_OVER = "carry_over", _("Carrying over")
        REVERSAL = "reversal", _("Reversal")
        STOCK = "stock", _("From stock documents")

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    month = models.IntegerField(_("period"))
    word = models.CharField(_("word"), max_length=1, choices=Word, default=Word.GENERAL)
    number = models.PositiveIntegerField(_("number"), null=True)
    day = models.DateField(_("date"))
    kind = models.CharField(_("origin"), max_length=12, choices=Kind, default=Kind.ENTERED)
    state = StateField(_("state"), choices=State, default=State.DRAFT)
    attachments = models.PositiveSmallIntegerField(_("attachments"), default=0)
    summary = models.CharField(_("summary"), max_length=120, blank=True)  # of the first line, for lists
    total = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, default=Decimal(0))
    maker = models.ForeignKey(BookUser, models.PROTECT, related_name="+", verbose_name=_("made by"))
    auditor = models.ForeignKey(BookUser, models.PROTECT, null=True, related_name="+", verbose_name=_("audited by"))
    poster = models.ForeignKey(BookUser, models.PROTECT, null=True, related_name="+", verbose_name=_("posted by"))
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", verbose_name=_("reverses")
    )
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    posted_at = models.DateTimeField(_("posted"), null=True)

    objects: ClassVar[BookVoucherQuerySet] = BookVoucherQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ["-month", "word", "-number", "-id"]
        constraints = [
            states_check("state", VoucherState, name="books_voucher_state_known"),
            models.UniqueConstraint(
                name="books_voucher_number",
                fields=["account_set", "month", "word", "number"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="books_voucher_numbered", condition=Q(state="draft") | Q(number__gt=0)),
            models.CheckConstraint(
                name="books_voucher_audited", condition=~Q(state="audited") | Q(auditor__isnull=False)
            ),
            models.CheckConstraint(
                name="books_voucher_other_auditor",
                condition=Q(auditor=None) | ~Q(auditor=F("maker")),
            ),
        ]
        indexes = [
            models.Index(name="books_voucher_by_day", fields=["account_set", "-day", "-id"]),
            models.Index(
                name="books_voucher_waiting",
                fields=["account_set", "month", "state"],
                condition=Q(state__in=["draft", "saved", "audited"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word}-{self.number}" if self.number else str(self.get_state_display())

    @transition(field=state, source=State.DRAFT, target=State.SAVED)
    def keep(self, *, number: int) -> None:
        """It is complete and has its number."""
        self.number = number

    @transition(field=state, source=State.SAVED, target=State.DRAFT)
    def take_back(self) -> None:
        """Its lines can be changed again."""

    @transition(field=state, source=State.SAVED, target=State.AUDITED)
    def audit(self, *, by: BookUser) -> None:
        """Somebody else found it right."""
        self.auditor = by

    @transition(field=state, source=State.AUDITED, target=State.SAVED)
    def unaudit(self) -> None:
        """It can be changed again."""
        self.auditor = None

    @transition(field=state, source=[State.SAVED, State.AUDITED], target=State.POSTED)
    def post(self, *, by: BookUser) -> None:
        """It is in the books for good."""
        self.poster, self.posted_at = by, timezone.now()

    @transition(field=state, source=State.SAVED, target=State.VOID)
    def void(self) -> None:
        """It counts nothing and keeps its number."""


class Line(models.Model):
    """One line: a subject, and an amount on one of its sides. Negative amounts are the red ones of a reversal."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    voucher = models.ForeignKey(
        Voucher, models.CASCADE, related_name="lines", db_index=False, verbose_name=_("voucher")
    )
    place = models.PositiveSmallIntegerField(_("row"))
    summary = models.CharField(_("summary"), max_length=120)
    subject = models.ForeignKey(
        Subject, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("subject")
    )
    item: "models.ForeignKey[Item | None, Item | None]" = models.ForeignKey(
        Item,
        models.PROTECT,
        null=True,
        default=None,
        db_default=None,
        related_name="+",
        db_index=False,
        verbose_name=_("accounting item"),
    )
    day = models.DateField(_("date"))
    debit = models.DecimalField(_("debit"), max_digits=18, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(_("credit"), max_digits=18, decimal_places=2, default=Decimal(0))
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, null=True)

    class Meta:
        verbose_name = _("line of a voucher")
        verbose_name_plural = _("lines of vouchers")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(name="books_line_place", fields=["voucher", "place"]),
            models.CheckConstraint(name="books_line_one_side", condition=Q(debit=0) | Q(credit=0)),
        ]
        indexes = [
            models.Index(name="books_line_of_subject", fields=["subject", "day", "id"]),  # as ledgers read them
            models.Index(name="books_line_of_item", fields=["item", "day", "id"], condition=Q(item__isnull=False)),
            models.Index(name="books_line_of_set", fields=["account_set", "id"]),  # as backups do
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} {self.place}"
