"""What subjects are broken down by beside the chart (核算项目): customers, suppliers, departments and so on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kiscloud.models import AccountSet


class ItemKind(models.TextChoices):
    """A list of items. A subject is broken down by one of them or by none."""

    CUSTOMER = "customer", _("Customers")
    SUPPLIER = "supplier", _("Suppliers")
    DEPARTMENT = "department", _("Departments")
    EMPLOYEE = "employee", _("Employees")
    PROJECT = "project", _("Projects")


class Item(models.Model):
    """One of them. It is never deleted, only disabled: lines may name it."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ItemKind)
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    disabled = models.BooleanField(_("disabled"), default=False)

    class Meta:
        verbose_name = _("accounting item")
        verbose_name_plural = _("accounting items")
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(name="books_item_once", fields=["account_set", "kind", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
