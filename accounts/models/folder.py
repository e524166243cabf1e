"""The resource directory: a tree of folders in which a manager keeps its accounts (K13.1)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account


class Folder(models.Model):
    """One node. The root, without parent, stands for the directory itself: having one means it is opened."""

    owner = models.ForeignKey(Account, models.PROTECT, related_name="folders", verbose_name=_("account"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    name = models.CharField(_("name"), max_length=60)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        constraints = [
            models.UniqueConstraint(name="folder_one_root", fields=["owner"], condition=models.Q(parent__isnull=True)),
            models.UniqueConstraint(name="folder_name_once_per_parent", fields=["parent", "name"]),
            models.CheckConstraint(name="folder_not_its_own_parent", condition=~models.Q(parent=models.F("id"))),
        ]

    def __str__(self) -> str:
        return self.name

    def ancestors(self) -> "list[Folder]":
        """This folder and everything above it, nearest first; at most as many queries as levels."""
        chain = [self]
        while (parent := chain[-1].parent) is not None:
            chain.append(parent)
        return chain
