"""Accounts, which are billed and linked, and the operators who act in them."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.user import User
from accounts.permissions import Role


def new_number() -> str:
    """Ten digits that are not guessed from one another."""
    return str(secrets.randbelow(9_000_000_000) + 1_000_000_000)


class AccountQuerySet(models.QuerySet["Account"]):
    """What may be asked of accounts."""

    def operated_by(self, user: User) -> "AccountQuerySet":
        """Accounts in which this person has a role."""
        return self.filter(operators__user=user)

    def named(self, identifier: str) -> "AccountQuerySet":
        """By user name or registration e-mail, either one (K4.3)."""
        wanted = identifier.strip().lower()
        if not wanted or "\0" in wanted:  # which the database would refuse to read
            return self.none()
        return self.filter(models.Q(username=wanted) | models.Q(email=wanted))


class Account(models.Model):
    """A cloud account. A resource account is only a container: nobody logs in to it as its owner (K13.2)."""

    class Kind(models.TextChoices):
        """Who may log in."""

        REGULAR = "regular", _("Regular account")
        RESOURCE = "resource", _("Resource account")

    class Certified(models.TextChoices):
        """As whom the account has been verified."""

        NO = "no", _("Not certified")
        INDIVIDUAL = "individual", _("Individual")
        ENTERPRISE = "enterprise", _("Enterprise")

    number = models.CharField(_("account number"), max_length=10, unique=True, default=new_number, editable=False)
    username = models.CharField(_("user name"), max_length=32, unique=True)
    email = models.EmailField(_("registration e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REGULAR)
    certified = models.CharField(_("certified as"), max_length=10, choices=Certified, default=Certified.NO)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("enterprise")
    )
    holder_name = models.CharField(_("certified person"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    objects: ClassVar[AccountQuerySet] = AccountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(name="account_username_lower", condition=models.Q(username=Lower("username"))),
            models.CheckConstraint(
                name="account_email_lower", condition=models.Q(email__isnull=True) | models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="account_enterprise_when_certified",
                condition=models.Q(certified="enterprise", enterprise__isnull=False)
                | models.Q(~models.Q(certified="enterprise"), enterprise__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_enterprise(self) -> bool:
        """Passed enterprise verification, without which there is no group (K2.2, K3.1)."""
        return self.certified == self.Certified.ENTERPRISE

    @property
    def is_resource(self) -> bool:
        """A container without a log-in of its own."""
        return self.kind == self.Kind.RESOURCE

    def same_enterprise(self, other: "Account") -> bool:
        """Both verified as one legal entity."""
        return self.enterprise_id is not None and self.enterprise_id == other.enterprise_id


class Operator(models.Model):
    """A person's role in an account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="operators", verbose_name=_("account"))
    user = models.ForeignKey(User, models.CASCADE, related_name="operates", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        constraints = [
            models.UniqueConstraint(name="operator_once_per_account", fields=["account", "user"]),
            models.CheckConstraint(name="operator_role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.user_id}"
