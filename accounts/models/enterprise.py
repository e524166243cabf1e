"""Legal entities: one row per unified social credit code, whatever product it appears in."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Enterprise(models.Model):
    """A legal entity. Its credit code is also its tax number and never changes."""

    credit_code = models.CharField(_("credit code"), max_length=18, unique=True)
    name = models.CharField(_("registered name"), max_length=120)
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    registered_address = models.CharField(_("registered address"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        constraints = [
            models.CheckConstraint(
                name="enterprise_credit_code_form",
                condition=models.Q(
                    credit_code__regex=r"^[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{8}[0-9X][0-9A-HJ-NPQRTUWXY]$"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name
