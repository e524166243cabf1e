"""Invoice titles (抬头): to whom invoices of an account are made out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account


class TitleQuerySet(models.QuerySet["Title"]):
    """What may be asked of titles."""

    def usable(self) -> "TitleQuerySet":
        """Those that nobody has put away."""
        return self.filter(archived_at__isnull=True)


class Title(models.Model):
    """A buyer as it is printed. An enterprise has a tax number, a person none and no special invoice."""

    class Kind(models.TextChoices):
        """Who it is."""

        ENTERPRISE = "enterprise", _("Enterprise")
        PERSON = "person", pgettext_lazy("a title", "Person")

    account = models.ForeignKey(Account, models.PROTECT, related_name="titles", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ENTERPRISE)
    name = models.CharField(_("name"), max_length=100)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    address = models.CharField(_("registered address"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=100, blank=True)
    email = models.EmailField(_("invoices go to"), blank=True)
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    archived_at = models.DateTimeField(_("put away"), null=True)

    objects: ClassVar[TitleQuerySet] = TitleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice title")
        verbose_name_plural = _("invoice titles")
        ordering = ["-is_default", "name", "id"]
        constraints = [
            models.CheckConstraint(
                name="title_of_enterprise_has_number", condition=~Q(kind="enterprise") | ~Q(tax_number="")
            ),
            models.UniqueConstraint(
                name="title_once", fields=["account", "name", "tax_number"], condition=Q(archived_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="title_one_default", fields=["account"], condition=Q(is_default=True, archived_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name
