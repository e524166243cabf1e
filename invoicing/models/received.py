"""Received invoices (收票): collected for a tenant's tax numbers, verified, used."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from config.states import StateField, StateModel, states_check, transition
from invoicing.models.tenant import Taxpayer, Tenant


class UsageState(models.TextChoices):
    """What has been done with it, by the numbers that business systems know."""

    UNUSED = "1", pgettext_lazy("a received invoice", "Not used")
    IN_USE = "30", pgettext_lazy("a received invoice", "In use")
    USED = "60", pgettext_lazy("a received invoice", "Used")
    BOOKED = "65", pgettext_lazy("a received invoice", "Booked")


class Check(models.TextChoices):
    """Whether the tax authority knows it so."""

    PASSED = "1", _("Genuine")
    FAILED = "2", _("Not as recorded")
    NOT_YET = "3", pgettext_lazy("a received invoice", "Not verified")


class ReceivedInvoice(StateModel):
    """An invoice that a supplier issued to one of the tenant's enterprises. Each number once in a tenant."""

    State = UsageState
    Check = Check

    class Source(models.TextChoices):
        """How it came in."""

        UPLOAD = "upload", _("Uploaded")
        PUSH = "push", _("Pushed by a business system")

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="received", verbose_name=_("tenant"))
    taxpayer = models.ForeignKey(Taxpayer, models.PROTECT, related_name="received", verbose_name=_("buyer"))
    number = models.CharField(_("number"), max_length=20)
    code = models.CharField(_("code"), max_length=12, blank=True)  # of invoices before the digital ones
    kind = models.CharField(_("kind"), max_length=2)
    issued_on = models.DateField(_("issued"))
    seller_name = models.CharField(_("seller"), max_length=100)
    seller_tax_number = models.CharField(_("seller's tax number"), max_length=20)
    amount = models.DecimalField(_("amount without tax"), max_digits=18, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2)
    source = models.CharField(_("came by"), max_length=6, choices=Source)
    usage = StateField(_("use"), choices=UsageState, default=UsageState.UNUSED)
    check_state = models.CharField(_("verified"), max_length=1, choices=Check, default=Check.NOT_YET)
    check_result = models.CharField(_("result"), max_length=20, blank=True)
    checked_at = models.DateTimeField(_("verified at"), null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("collected"), default=timezone.now)

    class Meta:
        verbose_name = _("received invoice")
        verbose_name_plural = _("received invoices")
        ordering = ["-id"]
        constraints = [
            states_check("usage", UsageState, name="received_invoice_usage_known"),
            models.UniqueConstraint(name="received_invoice_once", fields=["tenant", "code", "number"]),
            models.CheckConstraint(name="received_invoice_adds_up", condition=Q(total=F("amount") + F("tax"))),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=usage, source=UsageState.UNUSED, target=UsageState.IN_USE)
    def take(self) -> None:
        """It stands on an expense that is under way."""

    @transition(field=usage, source=UsageState.IN_USE, target=UsageState.UNUSED)
    def give_back(self) -> None:
        """The expense was taken back."""

    @transition(field=usage, source=[UsageState.UNUSED, UsageState.IN_USE], target=UsageState.USED)
    def use(self) -> None:
        """The expense was approved."""

    @transition(field=usage, source=UsageState.USED, target=UsageState.BOOKED)
    def book(self) -> None:
        """It stands in the books."""


class CheckDay(models.Model):
    """How often an invoice was verified on a day, whoever asked: the authority answers five times."""

    number = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("verifications of a day")
        verbose_name_plural = _("verifications of days")
        constraints = [models.UniqueConstraint(name="check_day_once", fields=["number", "day"])]

    def __str__(self) -> str:
        return f"{self.number} {self.day}"
