"""What a user group may do inside a set. Pure."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    """One thing that can be granted; the administrators' group holds them all without a grant."""

    VIEW = "view", _("See vouchers and reports")
    ENTER = "enter", _("Enter and change vouchers")
    VOID = "void", _("Void and delete vouchers")
    AUDIT = "audit", _("Audit vouchers")
    POST = "post", _("Post vouchers")
    CLOSE = "close", _("Carry over and close periods")
    SET_UP = "set_up", _("Keep subjects and opening balances")
    EXCHANGE = "exchange", _("Import and export")


ADMINISTRATORS: Final = "administrators"
GROUPS: Final[Mapping[str, tuple[str | Promise, tuple[Right, ...]]]] = {
    ADMINISTRATORS: (_("System administrators"), tuple(Right)),
    "default": (_("Default group"), (Right.VIEW,)),
    "bookkeepers": (_("Bookkeepers"), (Right.VIEW, Right.ENTER, Right.VOID, Right.EXCHANGE)),
    "auditors": (_("Auditors"), (Right.VIEW, Right.AUDIT, Right.POST)),
    "accountants": (_("Chief accountants"), tuple(Right)),
}
