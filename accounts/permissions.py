"""The two tables of rights: what an operator may do in an account, what a manager may see and do in a member.

A relationship holds named points; the pages offer them as two presets, P1 (view) and P2 (operate, which contains P1).
"""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an operator is in an account."""

    OWNER = "owner", _("Owner")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


class Right(models.TextChoices):
    """What a role allows inside one account."""

    VIEW = "view", _("see this account")
    ANSWER_INVITATIONS = "answer_invitations", _("answer invitations")
    MANAGE_LINKS = "manage_links", _("link, change and dissolve accounts")
    MANAGE_DIRECTORY = "manage_directory", _("manage the resource directory")
    ENTER_MEMBERS = "enter_members", _("enter members' consoles")
    MANAGE_OPERATORS = "manage_operators", _("manage operators")
    MANAGE_KEYS = "manage_keys", _("manage API keys")
    CERTIFY = "certify", _("certify this account")
    SEE_FINANCE = "see_finance", _("see finances")
    MOVE_FUNDS = "move_funds", _("move funds")
    MANAGE_INVOICES = "manage_invoices", _("manage invoices and the invoice cloud")


_VIEWER = frozenset({Right.VIEW, Right.SEE_FINANCE})
_FINANCE = _VIEWER | {Right.MOVE_FUNDS, Right.MANAGE_LINKS, Right.MANAGE_INVOICES}
RIGHTS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(Right),
    Role.FINANCE: _FINANCE,
    Role.VIEWER: _VIEWER,
}

# Through the resource directory an administrator of the manager acts in a member's console; never on its finances
# (K13.4) and never on who it is linked with. So it makes no keys, which act on both, and gives no role that does.
CONSOLE_RIGHTS = frozenset({Right.VIEW, Right.MANAGE_OPERATORS, Right.CERTIFY})
CONSOLE_ROLES = frozenset({Role.VIEWER})


class Point(models.TextChoices):
    """What a manager may see or do in a member account."""

    VIEW_BALANCE = "view_balance", _("See the balance")
    VIEW_BILLS = "view_bills", _("See bills")
    VIEW_ORDERS = "view_orders", _("See orders")
    VIEW_STATEMENTS = "view_statements", _("See monthly statements")
    VIEW_INVOICES = "view_invoices", _("See invoices and contract data")
    CONFIRM_STATEMENT = "confirm_statement", _("Confirm statements")
    REPAY_STATEMENT = "repay_statement", _("Repay statements")
    REQUEST_INVOICE = "request_invoice", _("Request invoices")


class Inherit(models.TextChoices):
    """What a member may take over from its manager, within one enterprise only (Q-1)."""

    DISCOUNT = "discount", _("Discount eligibility")
    CREDIT = "credit", _("Credit identity")


P1 = frozenset(
    {Point.VIEW_BALANCE, Point.VIEW_BILLS, Point.VIEW_ORDERS, Point.VIEW_STATEMENTS, Point.VIEW_INVOICES}
)  # K7.4
P2 = P1 | {Point.CONFIRM_STATEMENT, Point.REPAY_STATEMENT, Point.REQUEST_INVOICE}  # K7.6: contains P1


class Preset(models.TextChoices):
    """How the pages offer the points."""

    VIEW = "view", _("View")
    OPERATE = "operate", _("View and operate")


PRESETS: dict[str, frozenset[Point]] = {Preset.VIEW: P1, Preset.OPERATE: P2}


class ConsoleRole(models.TextChoices):
    """What the manager's administrators are in the member's console; asked for in the resource directory only."""

    NONE = "none", _("No console access")
    FORMER = "former", _("Console access from the former account group")  # K12.9: kept unchanged after the split
    ADMINISTRATOR = "administrator", _("System administrator")  # K13.3


def complete(points: Iterable[str]) -> list[str]:
    """The points, with every operating one completed by all viewing ones (K7.6), in their declared order."""
    asked = frozenset(points)
    if asked - P1:
        asked |= P1
    return [point.value for point in Point if point in asked]


def preset_of(points: Iterable[str]) -> Preset | None:
    """The preset that these points make up exactly, if any."""
    held = frozenset(points)
    return next((Preset(key) for key, preset in PRESETS.items() if held == preset), None)
