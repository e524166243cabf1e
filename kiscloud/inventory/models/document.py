"""Documents that move stock (单据), and their lines."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.states import StateField, StateModel, states_check, transition
from kiscloud.books.models import BookUser, Voucher
from kiscloud.inventory.models.good import Good
from kiscloud.inventory.models.partner import Partner
from kiscloud.inventory.policy import RATES
from kiscloud.models import AccountSet


class Kind(models.TextChoices):
    """What a document does."""

    PURCHASE = "purchase", _("Purchase receipt")
    SALE = "sale", _("Sales delivery")
    PURCHASE_RETURN = "purchase_return", _("Return to a supplier")
    SALES_RETURN = "sales_return", _("Return from a customer")
    COUNT = "count", _("Stock count")
    OPENING = "opening", _("Opening stock")


PREFIXES = {
    Kind.PURCHASE: "CGRK",
    Kind.SALE: "XSCK",
    Kind.PURCHASE_RETURN: "CGTH",
    Kind.SALES_RETURN: "XSTH",
    Kind.COUNT: "PD",
    Kind.OPENING: "QC",
}
BUYING = (Kind.PURCHASE, Kind.PURCHASE_RETURN)
SELLING = (Kind.SALE, Kind.SALES_RETURN)
INSIDE = (Kind.COUNT, Kind.OPENING)  # nobody else takes part


class DocumentState(models.TextChoices):
    """From being written to being in the books."""

    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", pgettext_lazy("stock", "Confirmed")
    POSTED = "posted", pgettext_lazy("stock", "With a voucher")
    VOID = "void", _("Void")


class DocumentQuerySet(models.QuerySet["Document"]):
    """What may be asked of documents."""

    def of(self, account_set: AccountSet) -> "DocumentQuerySet":
        """Those of this set."""
        return self.filter(account_set=account_set)

    def counting(self) -> "DocumentQuerySet":
        """Those that moved stock."""
        return self.filter(state__in=[DocumentState.CONFIRMED, DocumentState.POSTED])

    def postable(self) -> "DocumentQuerySet":
        """Those that wait for a voucher. Opening stock stands in the opening balances already."""
        return self.filter(state=DocumentState.CONFIRMED).exclude(kind=Kind.OPENING)


class Document(StateModel):
    """A receipt, a delivery, a return or a count. Its number is given when it is confirmed: then stock moves.

    Amounts are those of the goods without sign; `total` is with tax, `cost` is what stock gained in value (less than
    nought: lost). The database keeps a confirmed document as it is, and its sums right.
    """

    State = DocumentState

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    month = models.IntegerField(_("month"))
    number = models.PositiveIntegerField(_("number"), null=True)
    day = models.DateField(_("date"))
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="documents", verbose_name=_("business partner")
    )
    note = models.CharField(pgettext_lazy("stock", "note"), max_length=120, blank=True)
    state = StateField(_("state"), choices=State, default=State.DRAFT)
    total = models.DecimalField(_("amount with tax"), max_digits=18, decimal_places=2, default=Decimal(0))
    cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=2, default=Decimal(0))
    maker = models.ForeignKey(BookUser, models.PROTECT, related_name="+", verbose_name=_("made by"))
    confirmer = models.ForeignKey(BookUser, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by"))
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("books", "voucher")
    )
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("stock document")
        verbose_name_plural = _("stock documents")
        ordering = ["-day", "-id"]
        constraints = [
            states_check("state", DocumentState, name="inventory_document_state_known"),
            models.CheckConstraint(name="inventory_document_kind_known", condition=Q(kind__in=Kind.values)),
            models.UniqueConstraint(
                name="inventory_document_number", fields=["account_set", "kind", "month", "number"]
            ),
            models.CheckConstraint(
                name="inventory_document_numbered", condition=Q(state="draft", number=None) | Q(number__gt=0)
            ),
            models.CheckConstraint(
                name="inventory_document_voucher",
                condition=Q(state="posted", voucher__isnull=False) | (~Q(state="posted") & Q(voucher=None)),
            ),
            models.CheckConstraint(
                name="inventory_document_partner",
                condition=Q(kind__in=INSIDE, partner=None) | (~Q(kind__in=INSIDE) & Q(partner__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="inventory_document_by_day", fields=["account_set", "-day", "-id"]),
            models.Index(
                name="inventory_document_waiting",
                fields=["account_set", "month"],
                condition=Q(state="confirmed"),
            ),
        ]

    def __str__(self) -> str:
        if self.number is None:
            return str(self.get_state_display())
        return f"{PREFIXES[Kind(self.kind)]}-{self.month}-{self.number:04d}"

    @property
    def is_inside(self) -> bool:
        """Nobody else takes part, so there is neither a partner nor tax."""
        return self.kind in INSIDE

    @transition(field=state, source=State.DRAFT, target=State.CONFIRMED)
    def confirm(self, *, number: int, by: BookUser, at: datetime) -> None:
        """Stock has moved."""
        self.number, self.confirmer, self.confirmed_at = number, by, at

    @transition(field=state, source=State.CONFIRMED, target=State.POSTED)
    def post(self, *, voucher: Voucher) -> None:
        """It is in this voucher."""
        self.voucher = voucher

    @transition(field=state, source=State.POSTED, target=State.CONFIRMED)
    def release(self) -> None:
        """Its voucher is gone; it waits for another."""
        self.voucher = None

    @transition(field=state, source=State.CONFIRMED, target=State.VOID)
    def void(self) -> None:
        """What it moved was moved back; it keeps its number."""


class DocumentLine(models.Model):
    """One good of a document. In a count the quantity is what was found, and what it was off by is `moved`.

    `price` and `amount` are without tax. `moved` and `cost` are what stock gained, in pieces and in yuan: nought until
    the document is confirmed.
    """

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    document = models.ForeignKey(
        Document, models.CASCADE, related_name="lines", db_index=False, verbose_name=_("stock document")
    )
    place = models.PositiveSmallIntegerField(_("row"))
    good = models.ForeignKey(
        Good, models.PROTECT, related_name="lines", db_index=False, verbose_name=pgettext_lazy("stock", "good")
    )
    day = models.DateField(_("date"))
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4)
    price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=4, default=Decimal(0))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, default=Decimal(0))
    rate = models.PositiveSmallIntegerField(_("tax rate"), default=0)
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=2, default=Decimal(0))
    moved = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))
    cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = _("line of a stock document")
        verbose_name_plural = _("lines of stock documents")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(name="inventory_line_place", fields=["document", "place"]),
            models.CheckConstraint(
                name="inventory_line_not_negative",
                condition=Q(quantity__gte=0, price__gte=0, amount__gte=0, tax__gte=0),
            ),
            models.CheckConstraint(name="inventory_line_rate_known", condition=Q(rate__in=RATES)),
        ]
        indexes = [
            models.Index(name="inventory_line_of_good", fields=["good", "day", "id"]),  # as ledgers read them
            models.Index(name="inventory_line_of_set", fields=["account_set", "day", "good"]),  # as reports do
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.place}"

    @property
    def with_tax(self) -> Decimal:
        """What is paid for it."""
        return self.amount + self.tax
