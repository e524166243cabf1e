"""How a bill line came to what is payable, and what paid it, step by step for people to read. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from finance.models import BillLine
from finance.money import ZERO

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: an amount with its sign, in yuan, with as many places as it has."""

    label: str | Promise
    amount: Decimal
    note: str = ""
    part: str = ""  # of which uses are listed: `covered` or `voucher`

    @property
    def text(self) -> str:
        """At least two places, and no noughts after them."""
        whole, _dot, places = f"{abs(self.amount):,.8f}".partition(".")
        return f"{'−' if self.amount < 0 else ''}¥{whole}.{places.rstrip('0').ljust(2, '0')}"


def steps_of(line: BillLine) -> list[Step]:
    """From the list price down to what is payable; steps of nothing are left out."""
    share = gettext("%(percent)s%% are paid") % {"percent": _short(line.rate * PERCENT)}
    taken_off = [
        Step(_("Covered by commitments"), -line.covered, part="covered"),
        Step(_("Discount"), -line.discount, share),
        Step(_("Rounded to the fen"), -line.rounding),
        Step(_("Coupon"), -line.coupon),
    ]
    quantity = f"{_short(line.quantity)} {line.product.unit}"
    return [Step(_("List price"), line.gross, quantity), *(step for step in taken_off if step.amount)]


def payment_of(line: BillLine) -> list[Step]:
    """What paid it; a line of nothing has none."""
    parts = [
        Step(_("Vouchers"), line.voucher, part="voucher"),
        Step(_("Cash"), line.cash),
        Step(_("Credit"), line.credit),
        Step(_("Unpaid when billed"), line.outstanding),
    ]
    return [part for part in parts if part.amount != ZERO]


def _short(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
