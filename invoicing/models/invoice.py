"""Invoices: issued, with their number, and never changed."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from invoicing.models.issue_order import IssueOrder
from invoicing.models.received import ReceivedInvoice
from invoicing.models.request import InvoiceKind
from invoicing.models.tax_item import ZeroRate
from invoicing.models.tenant import Taxpayer, Tenant


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """What may be asked of invoices."""

    def of(self, account: Account) -> "InvoiceQuerySet":
        """Those for the account's spending."""
        return self.filter(account=account)

    def of_tenants(self, tenants: models.QuerySet[Tenant]) -> "InvoiceQuerySet":
        """What was issued for these tenants or for parts of them, and by enterprises that have moved to them.

        An invoice never changes, so it keeps the tenant for which it was issued, whatever became of that (I7.4). Asks
        two short questions at once, so that the long table of invoices is read by its index.
        """
        parts = _parts_of(tenants)
        here = Taxpayer.objects.bound().filter(tenant__in=parts).values("tax_number")
        former = Taxpayer.objects.filter(released_at__isnull=False, tax_number__in=here).exclude(tenant__in=parts)
        moved = list(former.values_list("tenant_id", "tax_number"))
        if not moved:
            return self.filter(tenant__in=parts)
        from_there = Q(
            tenant__in={pk for pk, _number in moved}, seller_tax_number__in={number for _pk, number in moved}
        )
        return self.filter(Q(tenant__in=parts) | from_there)

    def of_systems(self, account: Account) -> "InvoiceQuerySet":
        """What business systems of its tenants issued."""
        return self.of_tenants(Tenant.objects.filter(account=account))

    def collected_by(self, account: Account) -> "InvoiceQuerySet":
        """What tenants here issued to enterprises of the account's tenants, which have collected it."""
        tenants = _parts_of(Tenant.objects.filter(account=account))
        copies = ReceivedInvoice.objects.filter(tenant__in=tenants, code="", number=OuterRef("number"))
        copies = copies.filter(taxpayer__tax_number=OuterRef("buyer_tax_number"))
        return self.filter(Exists(copies), tenant__isnull=False)

    def blue(self) -> "InvoiceQuerySet":
        """Those that are no red letters."""
        return self.filter(reverses__isnull=True)


def _parts_of(tenants: models.QuerySet[Tenant]) -> list[int]:
    """Them, and those that were merged into them."""
    return list(Tenant.objects.filter(Q(pk__in=tenants) | Q(merged_into__in=tenants)).values_list("pk", flat=True))


class Invoice(models.Model):
    """A snapshot of what was issued (the database refuses any change). Blue totals are positive, red ones negative.

    What of it was taken back stands in its red letters; `invoicing.reversals` sums them up.
    """

    Kind = InvoiceKind

    issue_order = models.OneToOneField(IssueOrder, models.PROTECT, related_name="invoice")
    number = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=InvoiceKind)
    issued_at = models.DateTimeField(_("issued"))
    account = models.ForeignKey(  # whose cloud spending it is for
        Account, models.PROTECT, null=True, related_name="invoices", verbose_name=_("account")
    )
    tenant = models.ForeignKey(  # or whose business system asked for it
        Tenant, models.PROTECT, null=True, related_name="invoices", verbose_name=_("tenant")
    )
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("takes back")
    )
    seller_name = models.CharField(_("seller"), max_length=100)
    seller_tax_number = models.CharField(_("seller's tax number"), max_length=20)
    buyer_name = models.CharField(_("buyer"), max_length=100)
    buyer_tax_number = models.CharField(_("buyer's tax number"), max_length=20, blank=True)
    parties = models.JSONField(_("addresses and banks"), default=dict)
    amount = models.DecimalField(_("amount without tax"), max_digits=18, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2)
    remark = models.CharField(_("remark"), max_length=230, blank=True)
    drawer = models.CharField(_("drawn by"), max_length=40)

    objects: ClassVar[InvoiceQuerySet] = InvoiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(name="invoice_number_form", condition=Q(number__regex=r"^[0-9]{20}$")),
            models.CheckConstraint(name="invoice_adds_up", condition=Q(total=F("amount") + F("tax"))),
            models.CheckConstraint(
                name="invoice_sign",
                condition=Q(reverses__isnull=True, total__gt=0) | Q(reverses__isnull=False, total__lt=0),
            ),
            models.CheckConstraint(
                name="invoice_special_has_buyer_number", condition=~Q(kind="special") | ~Q(buyer_tax_number="")
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"]), models.Index(fields=["tenant", "-id"])]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """One line of an invoice, as issued. A discount follows the line that it is taken off."""

    class Nature(models.TextChoices):
        """What kind of line."""

        NORMAL = "normal", _("Normal")
        DISCOUNTED = "discounted", _("Discounted")
        DISCOUNT = "discount", _("Discount")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    seq = models.PositiveSmallIntegerField(_("line"))
    nature = models.CharField(_("kind"), max_length=10, choices=Nature, default=Nature.NORMAL)
    name = models.CharField(_("item"), max_length=100)
    class_code = models.CharField(_("tax class"), max_length=19)
    class_name = models.CharField(_("short name of the class"), max_length=40)
    spec = models.CharField(_("specification"), max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=24, decimal_places=13, null=True)
    price = models.DecimalField(_("unit price"), max_digits=24, decimal_places=13, null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    rate = models.DecimalField(_("rate"), max_digits=4, decimal_places=3)
    zero_rate = models.CharField(_("why no tax"), max_length=1, choices=ZeroRate, blank=True, default=ZeroRate.NONE)
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=2)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["invoice", "seq"]
        constraints = [
            models.UniqueConstraint(name="invoice_line_once", fields=["invoice", "seq"]),
            models.CheckConstraint(
                name="invoice_line_price_with_quantity",
                condition=Q(quantity__isnull=True, price__isnull=True) | Q(quantity__isnull=False, price__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.seq}"


class InvoiceUse(models.Model):
    """What the buyer has done with an invoice: then it is not taken back without the buyer's word."""

    class Use(models.TextChoices):
        """The two uses that count."""

        DEDUCTED = "deducted", _("Tax deducted")
        BOOKED = "booked", _("Booked")

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="use", verbose_name=_("invoice"))
    use = models.CharField(_("use"), max_length=8, choices=Use)
    at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("use of an invoice")
        verbose_name_plural = _("uses of invoices")

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.use}"


class InvoiceFile(models.Model):
    """A file as it is kept once the invoice was issued: the tax platform's, or the one that the project drew."""

    class Form(models.TextChoices):
        """For people, and for programs."""

        PDF = "pdf", "PDF"
        XML = "xml", "XML"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="files")
    form = models.CharField(_("form"), max_length=3, choices=Form)
    file = models.FileField(_("file"), max_length=255)
    created_at = models.DateTimeField(_("kept since"), default=timezone.now)

    class Meta:
        verbose_name = _("file of an invoice")
        verbose_name_plural = _("files of invoices")
        constraints = [models.UniqueConstraint(name="invoice_file_once", fields=["invoice", "form"])]

    def __str__(self) -> str:
        return f"{self.invoice_id}.{self.form}"
