"""Bill lines with every step of the price, newest first."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finance.bills import PARTS, lines_with_folders
from finance.models import BillLine
from finance.spreadsheets import harmless
from finance.tables.base import Table, clock
from finance.worksheet import Cell

COLUMNS = (
    "statement__month",
    "billed_at",
    "category",
    "product__code",
    "product__name",
    "product__unit",
    "instance",
    "owner__number",
    "owner__name",
    "payer__number",
    "payer__name",
    "cycle_start",
    "cycle_end",
    "quantity",
    "rate",
    *PARTS,
    "order_id",
    "transfer_id",
    "pk",
    "path",
)


def _titles() -> list[str]:
    what = [_("Month"), _("Billed"), _("Kind"), _("Product code"), _("Product"), _("Instance")]
    who = [_("Used by"), _("Account number"), _("Paid by"), _("Account number of the payer")]
    how_much = [_("From"), _("Until"), _("Quantity"), _("Unit"), _("Share that is paid")]
    price = [_("List price"), _("Covered by commitments"), _("Discount"), _("Rounded off"), _("Coupon"), _("Payable")]
    payment = [_("Vouchers"), _("Cash"), _("Credit"), _("Unpaid when billed")]
    return [*what, *who, *how_much, *price, *payment, _("Order"), _("Transfer"), _("Line"), _("Folder")]


def _cells(_account: int, row: Sequence[Any]) -> list[Cell]:
    month, billed, kind, code, product, unit, instance, number, name, payer, payer_name, start, end, *rest = row
    quantity, rate, *parts = rest[: 2 + len(PARTS)]
    order, transfer, line, folder = rest[2 + len(PARTS) :]
    return [
        f"{month:%Y-%m}",
        clock(billed),
        str(BillLine.Category(kind).label),
        harmless(code),
        harmless(product),
        harmless(instance),
        harmless(name),
        number,
        harmless(payer_name),
        payer,
        clock(start),
        clock(end),
        quantity,
        harmless(unit),
        rate,
        *parts,
        str(order or ""),
        str(transfer or ""),
        str(line),
        harmless(folder),
    ]


BILLS = Table(
    title=gettext_lazy("Bill lines"),
    slug=gettext_lazy("bills"),
    found=lines_with_folders,
    order=("-billed_at", "-id"),
    columns=COLUMNS,
    titles=_titles,
    widths=(10, 20, 12, 16, 22, 24, 24, 14, 24, 14, 20, 20, 14, 10, 10, *(14,) * len(PARTS), 12, 12, 12, 30),
    cells=_cells,
)
