"""Companies (企业) of KIS cloud, and the people in their address books."""

from typing import ClassVar

from django.db import models
from django.db.models import Count, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User


class CompanyQuerySet(models.QuerySet["Company"]):
    """What may be asked of companies."""

    def standing(self) -> "CompanyQuerySet":
        """Those that were not deleted for good."""
        return self.filter(deleted_at__isnull=True)

    def run_by(self, user: User) -> "CompanyQuerySet":
        """Those of which the person is an administrator."""
        return self.standing().filter(members__user=user, members__is_admin=True, members__left_at__isnull=True)

    def to_add_by(self, user: User) -> "CompanyQuerySet":
        """The same, each with `added`: whether the person has it among “my companies” (S4.3, S4.6)."""
        return self.run_by(user).annotate(
            added=ExpressionWrapper(Q(members__listed_at__isnull=False), models.BooleanField())
        )

    def added_by(self, user: User) -> "CompanyQuerySet":
        """Those that the person has added (S4.5)."""
        mine = Q(members__user=user, members__is_admin=True, members__left_at__isnull=True)
        return self.standing().filter(mine, members__listed_at__isnull=False)

    def with_counts(self) -> "CompanyQuerySet":
        """Each with how many products and people it has (`products`, `people`), and its account."""
        products = Count("subscriptions", filter=Q(subscriptions__deleted_at=None), distinct=True)
        people = (
            CompanyMember.objects.filter(company=OuterRef("pk"), left_at=None)
            .order_by()
            .values("company")
            .annotate(n=Count("pk"))
            .values("n")
        )
        counted = self.annotate(products=products, people=Coalesce(Subquery(people), 0))
        return counted.select_related("account__enterprise", "founder")


class Company(models.Model):
    """A company with its own account: orders, verification and the one Enterprise of its credit code hang there.

    Deleted for good (S4.7) it stays as a row, for the records.
    """

    account = models.OneToOneField(Account, models.PROTECT, related_name="company", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=120)
    founder = models.ForeignKey(User, models.PROTECT, related_name="founded", verbose_name=_("founder"))
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    served_since = models.DateTimeField(_("first activation"), null=True)  # S5.4 counts from here
    is_demo = models.BooleanField(_("of the trial environment"), default=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects: ClassVar[CompanyQuerySet] = CompanyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class CompanyMember(models.Model):
    """A person in a company's address book. Administrators have it in their list once they added it (S4.3)."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="members", verbose_name=_("company"))
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    name = models.CharField(_("name in the address book"), max_length=60)
    is_admin = models.BooleanField(_("administrator"), default=False)
    was_admin = models.BooleanField(_("administrator once"), default=False)  # being demoted frees no trial (S7.1)
    listed_at = models.DateTimeField(_("added to “my companies”"), null=True)
    joined_at = models.DateTimeField(_("since"), default=timezone.now)
    left_at = models.DateTimeField(_("left"), null=True)

    class Meta:
        verbose_name = _("member of a company")
        verbose_name_plural = _("members of companies")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="company_member_once", fields=["company", "user"], condition=Q(left_at=None))
        ]

    def __str__(self) -> str:
        return self.name
