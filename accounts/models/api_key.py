"""Keys with which business systems act for an account."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.user import User


class Scope(models.TextChoices):
    """What a key may do; a business system gets only what it needs."""

    READ = "relationships:read", _("See relationships and invitations")
    WRITE = "relationships:write", _("Invite, change and dissolve")
    FUNDS_READ = "funds:read", _("See balances and fund flow")
    FUNDS_WRITE = "funds:write", _("Allot, recall, top up")
    BILLS_READ = "bills:read", _("See bills, orders, statements")
    BILLS_WRITE = "bills:write", _("Order, confirm, repay, plan")
    INVOICES_READ = "invoices:read", _("See titles, invoices and requests for them")
    INVOICES_WRITE = "invoices:write", _("Ask for invoices")
    PRODUCTS_READ = "products:read", _("See the products of a company of KIS cloud")
    PRODUCTS_WRITE = "products:write", _("Add, try, activate and renew products of KIS cloud")
    SETS_READ = "sets:read", _("See account sets and their users")
    SETS_WRITE = "sets:write", _("Create account sets and manage their users")
    BOOKS_READ = "books:read", _("See vouchers and reports of account sets")
    BOOKS_WRITE = "books:write", _("Write vouchers of account sets")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """What may be asked of keys."""

    def usable(self, *, at: datetime | None = None) -> "ApiKeyQuerySet":
        """Not revoked and not past their end."""
        open_end = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=at or timezone.now())
        return self.filter(open_end, revoked_at__isnull=True)


class ApiKey(models.Model):
    """A secret of 256 bits, shown once; only its digest is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope), verbose_name=_("scopes"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects: ClassVar[ApiKeyQuerySet] = ApiKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def scope_labels(self) -> list[str]:
        """What the key may do, in words."""
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]
