"""Books: one balance each."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account

ZERO = Decimal("0.00")


class BookKind(models.TextChoices):
    """Whose money, or whose debt, a book holds."""

    CASH = "cash", _("Own cash")
    ALLOTTED = "allotted", _("Cash from a manager")
    CREDIT = "credit", _("Credit")  # zero or below: what is used of the limit
    ARREARS = "arrears", _("Unpaid bills")  # zero or below: what was billed when nothing was left to pay with
    BANK = "bank", _("Bank")  # the platform's: what came in and went out
    REVENUE = "revenue", _("Revenue")  # the platform's: what was charged
    PAYOUT = "payout", _("Withdrawals under way")  # the platform's


PLATFORM = (BookKind.BANK, BookKind.REVENUE, BookKind.PAYOUT)


class BookQuerySet(models.QuerySet["Book"]):
    """What may be asked of books."""

    def of(self, account: Account) -> "BookQuerySet":
        """The books of this account."""
        return self.filter(account=account)

    def cash(self) -> "BookQuerySet":
        """Where spendable money lies: own cash and what managers gave."""
        return self.filter(kind__in=[BookKind.CASH, BookKind.ALLOTTED])


class Book(models.Model):
    """One balance in yuan. Only an entry changes it, in the same step that writes the entry.

    `floor` is the lowest balance that the database lets through: 0 for cash, minus the limit for credit, none for
    arrears and for the platform's own books, which are striped so that many payers do not wait for one row. Owner,
    kind, source and stripe never change.
    """

    account = models.ForeignKey(  # found by the index of `book_once`
        Account, models.PROTECT, null=True, related_name="books", db_index=False, verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BookKind)
    source = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("received from"))
    stripe = models.SmallIntegerField(_("stripe"), default=0)
    balance = models.DecimalField(_("balance"), max_digits=18, decimal_places=2, default=ZERO)
    floor = models.DecimalField(_("lowest balance"), max_digits=18, decimal_places=2, null=True, default=ZERO)
    version = models.BigIntegerField(_("entries"), default=0)
    head = models.BinaryField(_("head of the chain"), max_length=32, default=bytes)
    created_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    objects: ClassVar[BookQuerySet] = BookQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        constraints = [
            models.UniqueConstraint(
                name="book_once", fields=["account", "kind", "source", "stripe"], nulls_distinct=False
            ),
            # The one check that every movement of money pays for, so it is short; the trigger `book_shape` keeps what
            # does not change with the balance.
            models.CheckConstraint(name="book_not_below_floor", condition=models.Q(balance__gte=models.F("floor"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
