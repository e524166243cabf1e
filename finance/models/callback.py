"""What the payment gateway told us, message by message."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from finance.models.top_up import TopUp


class GatewayCallback(models.Model):
    """One message with a right signature. Its nonce is remembered: the same message again gets the same answer."""

    class Verdict(models.TextChoices):
        """What it led to."""

        CREDITED = "credited", _("Credited")
        CREDITED_LATE = "credited_late", _("Credited after the end")
        REPEATED = "repeated", _("Had been credited before")
        FAILED = "failed", _("Payment failed")
        NOTED = "noted", _("Nothing to do")
        UNKNOWN_REFERENCE = "unknown_reference", _("Unknown reference")
        AMOUNT_DIFFERS = "amount_differs", _("Another amount was paid")
        OTHER_ORDER = "other_order", _("Paid under another order")

    nonce = models.CharField(_("nonce"), max_length=64, unique=True)
    digest = models.BinaryField(max_length=32)
    reference = models.CharField(_("reference"), max_length=64)
    provider_id = models.CharField(_("number of the payment"), max_length=64)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    status = models.CharField(_("reported"), max_length=10)
    verdict = models.CharField(_("result"), max_length=20, choices=Verdict)
    top_up = models.ForeignKey(TopUp, models.PROTECT, null=True, related_name="callbacks", verbose_name=_("top-up"))
    answer_status = models.PositiveSmallIntegerField(_("answered"))
    answer = models.JSONField(_("answer"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("message of the payment gateway")
        verbose_name_plural = _("messages of the payment gateway")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="callback_positive", condition=models.Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.reference} {self.pk}"
