"""The fund flow: every allotment and recall, newest first (K10.10)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finance.flows import narrowed
from finance.models import Allotment
from finance.spreadsheets import harmless
from finance.tables.base import Table, clock
from finance.worksheet import Cell

# The last two are how the person who did it is called.
COLUMNS = (
    "created_at",
    "direction",
    "manager_id",
    "amount",
    "note",
    "transfer_id",
    "manager__name",
    "manager__number",
    "member__name",
    "member__number",
    "created_by__name",
    "created_by__username",
)


def _titles() -> list[str]:
    titles = [_("Time"), _("Kind"), _("Counterpart"), _("Account number"), _("Change in yuan"), _("Note"), _("By")]
    return [*titles, _("Receipt")]


def _cells(account: int, row: Sequence[Any]) -> list[Cell]:
    """From the account's own side; people of the other side are not named."""
    at, direction, manager, amount, note, transfer, *names = row
    managing = manager == account
    inward = (direction == Allotment.Direction.RECALL) is managing
    name, number = names[2:4] if managing else names[0:2]
    return [
        clock(at),
        str(Allotment.Direction(direction).label),
        harmless(name),
        number,
        amount if inward else -amount,
        harmless(note),
        harmless(names[4] or names[5] or "") if managing else "",
        str(transfer),
    ]


FLOWS = Table(
    title=gettext_lazy("Fund flow"),
    slug=gettext_lazy("fund-flow"),
    found=narrowed,
    order=("-created_at", "-id"),
    columns=COLUMNS,
    titles=_titles,
    widths=(22, 12, 30, 14, 16, 30, 20, 14),
    cells=_cells,
)
