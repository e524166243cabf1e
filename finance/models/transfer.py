"""What was posted: transfers and their entries. Written by `ledger_post` only, never changed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from finance.models.book import Book


class TransferKind(models.TextChoices):
    """Why money moved."""

    TOP_UP = "top_up", _("Top-up")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    WITHDRAWAL_RETURNED = "withdrawal_returned", _("Withdrawal returned")
    PAID_OUT = "paid_out", _("Paid out")
    ALLOTMENT = "allotment", _("Allotment")
    RECALL = "recall", _("Recall")
    RELEASE = "release", _("Became own cash")  # K8.8, Q-21
    CHARGE = "charge", _("Charge")
    SETTLEMENT = "settlement", _("Debt settled")
    REPAYMENT = "repayment", _("Statement repaid")  # K7.6: by the manager
    REFUND = "refund", _("Refund")


class Transfer(models.Model):
    """Entries that belong together and sum to zero. The key makes a repeat answer with the first."""

    kind = models.CharField(_("kind"), max_length=24, choices=TransferKind)
    key = models.CharField(_("idempotency key"), max_length=120)
    digest = models.BinaryField(max_length=32)
    facts = models.JSONField(_("facts"), default=dict)
    at = models.DateTimeField(_("time"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-id"]
        # As a constraint and not as `unique=True`, which would add a second index, for LIKE.
        constraints = [models.UniqueConstraint(name="transfer_once", fields=["key"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Entry(models.Model):
    """One book's part in a transfer: what it changed by, what it came to, and the chain's next link.

    The trigger that moves the book finds it, and the one writer has just made the transfer, so foreign keys would ask
    twice. The same trigger refuses an amount of zero.
    """

    transfer = models.ForeignKey(
        Transfer, models.PROTECT, related_name="entries", db_constraint=False, verbose_name=_("transfer")
    )
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="entries", db_constraint=False, db_index=False, verbose_name=_("book")
    )
    sequence = models.BigIntegerField(_("number in the book"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    balance_after = models.DecimalField(_("balance after"), max_digits=18, decimal_places=2)
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(name="entry_gapless", fields=["book", "sequence"])]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.sequence}"
