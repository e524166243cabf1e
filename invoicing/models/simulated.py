"""What the simulated tax platform keeps, as a real one would on its own machines (`invoicing.tax.simulator`)."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

ZERO = Decimal("0.00")


class NumberSeries(models.Model):
    """The last number of a year and region: one locked row, so that numbers have no gaps and never come twice."""

    year = models.PositiveSmallIntegerField(_("year"))
    region = models.CharField(_("region"), max_length=2)
    last = models.PositiveBigIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")
        constraints = [models.UniqueConstraint(name="number_series_once", fields=["year", "region"])]

    def __str__(self) -> str:
        return f"{self.year} {self.region}"


class SimulatedIssue(models.Model):
    """One serial at the platform; it is worked on until `ready_at`, then issued with a number, or refused."""

    seller_tax_number = models.CharField(max_length=20)
    serial = models.CharField(max_length=50)
    digest = models.CharField(max_length=64)  # of the content: the same serial with another content is refused
    ready_at = models.DateTimeField()
    number = models.CharField(max_length=20, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, default=ZERO)  # without tax
    total = models.DecimalField(max_digits=18, decimal_places=2, default=ZERO)
    reverses = models.CharField(max_length=20, blank=True)
    face = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("issue at the simulated platform")
        verbose_name_plural = _("issues at the simulated platform")
        constraints = [
            models.UniqueConstraint(name="simulated_serial_once", fields=["seller_tax_number", "serial"]),
            models.UniqueConstraint(name="simulated_number_once", fields=["number"], condition=~models.Q(number="")),
        ]
        indexes = [
            models.Index(name="simulated_month", fields=["seller_tax_number", "issued_at"]),
            models.Index(name="simulated_reverses", fields=["reverses"], condition=~models.Q(reverses="")),
        ]

    def __str__(self) -> str:
        return self.serial
