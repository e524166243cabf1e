"""Who works in the books. They stay there whatever happens to the set's users outside (S14.14)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kiscloud.models import AccountSet, SetUser


class Employee(models.Model):
    """A person of the company, in the set's base data."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    number = models.CharField(_("number"), max_length=20)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="books_employee_once", fields=["account_set", "number"])]

    def __str__(self) -> str:
        return self.name


class UserGroup(models.Model):
    """A group of users with what it may do. The administrators' group needs no grants."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    key = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=40)
    rights = ArrayField(models.CharField(max_length=12), default=list, verbose_name=_("rights"))

    class Meta:
        verbose_name = _("user group")
        verbose_name_plural = _("user groups")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="books_group_once", fields=["account_set", "key"])]

    def __str__(self) -> str:
        return self.name


class BookUser(models.Model):
    """Somebody who works or worked in the books. Without `set_user` nobody outside is this person (S17.11)."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    name = models.CharField(_("name"), max_length=60)
    employee = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="users", verbose_name=_("employee"))
    set_user = models.OneToOneField(
        SetUser, models.SET_NULL, null=True, related_name="book_user", verbose_name=_("set user")
    )

    class Meta:
        verbose_name = _("user of the books")
        verbose_name_plural = _("users of the books")
        ordering = ["name", "id"]
        indexes = [models.Index(name="books_user_of_set", fields=["account_set", "name"])]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user in a group; in several if need be (S14.11)."""

    account_set = models.ForeignKey(
        AccountSet, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account set")
    )
    user = models.ForeignKey(BookUser, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    group = models.ForeignKey(UserGroup, models.PROTECT, related_name="memberships", verbose_name=_("group"))

    class Meta:
        verbose_name = _("membership of a group")
        verbose_name_plural = _("memberships of groups")
        constraints = [models.UniqueConstraint(name="books_member_once", fields=["account_set", "user", "group"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.group_id}"
