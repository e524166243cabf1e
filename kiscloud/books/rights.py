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
    STOCK_VIEW = "stock_view", _("See stock and its documents")
    STOCK_ENTER = "stock_enter", _("Enter, confirm and void stock documents")
    STOCK_POST = "stock_post", _("Make vouchers from stock documents, and take them back")


STOCK: Final = (Right.STOCK_VIEW, Right.STOCK_ENTER, Right.STOCK_POST)


ADMINISTRATORS: Final = "administrators"
GROUPS: Final[Mapping[str, tuple[str | Promise, tuple[Right, ...]]]] = {
    ADMINISTRATORS: (_("System administrators"), tuple(Right)),
    "default": (_("Default group"), (Right.VIEW, Right.STOCK_VIEW)),
    "bookkeepers": (_("Bookkeepers"), (Right.VIEW, Right.ENTER, Right.VOID, Right.EXCHANGE, *STOCK)),
    "auditors": (_("Auditors"), (Right.VIEW, Right.AUDIT, Right.POST, Right.STOCK_VIEW)),
    "accountants": (_("Chief accountants"), tuple(Right)),
    "storekeepers": (_("Buyers, sellers and storekeepers"), (Right.STOCK_VIEW, Right.STOCK_ENTER)),
}
