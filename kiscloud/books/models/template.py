"""Vouchers that come again and again (模式凭证): what a new one begins with."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from kiscloud.books.models.voucher import Word
from kiscloud.models import AccountSet


class VoucherTemplate(models.Model):
    """A voucher to begin with, with amounts or without. It is nothing in the books."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    name = models.CharField(_("name"), max_length=60)
    word = models.CharField(_("word"), max_length=1, choices=Word, default=Word.GENERAL)

    class Meta:
        verbose_name = _("voucher template")
        verbose_name_plural = _("voucher templates")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="books_template_once", fields=["account_set", "name"])]

    def __str__(self) -> str:
        return self.name


class TemplateLine(models.Model):
    """A line of one. Subject and item are named by their codes: whether they take entries is asked of the voucher."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    template = models.ForeignKey(
        VoucherTemplate, models.CASCADE, related_name="lines", db_index=False, verbose_name=_("voucher template")
    )
    place = models.PositiveSmallIntegerField(_("row"))
    summary = models.CharField(_("summary"), max_length=120)
    subject = models.CharField(_("subject"), max_length=15)
    item = models.CharField(_("accounting item"), max_length=20, blank=True)
    debit = models.DecimalField(_("debit"), max_digits=18, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(_("credit"), max_digits=18, decimal_places=2, default=Decimal(0))
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, null=True)

    class Meta:
        verbose_name = _("line of a voucher template")
        verbose_name_plural = _("lines of voucher templates")
        ordering = ["place"]
        constraints = [models.UniqueConstraint(name="books_template_line_place", fields=["template", "place"])]
        indexes = [models.Index(name="books_template_line_of_set", fields=["account_set", "id"])]  # as backups read

    def __str__(self) -> str:
        return f"{self.template_id} {self.place}"
