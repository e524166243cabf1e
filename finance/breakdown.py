"""A price in words: one line for each step that led to it, as pages print it; and what offers are for."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from finance.models import Commitment, Coupon, Discount, Promotion, Voucher
from finance.models.product import PayMode
from finance.money import FEN

Scoped = Voucher | Coupon | Discount | Promotion | Commitment
PER_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what it is, how it was worked out, and by how much it changes the price, in yuan."""

    label: str
    how: str
    amount: Decimal


def lines_of(price: Mapping[str, Any], *, unit: str) -> list[Line]:
    """The steps of a kept price; whatever rounding leaves stands at the end, so that they add up on paper."""
    return [_LINES[step["kind"]](step, unit) for step in price.get("steps", [])]


def plain(number: Decimal) -> str:
    """`1,200` or `0.0125`: no noughts at the end, never an exponent."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def per_cent(rate: Decimal) -> str:
    """`85%` for 0.8500."""
    return f"{plain(rate * PER_CENT)}%"


def unit_price(price: Decimal) -> str:
    """`¥0.0125`: two places at least, and as many as it has."""
    places = max(2, len(plain(price).partition(".")[2]))
    return f"¥{price:,.{places}f}"


def scope_of(row: Scoped) -> str:
    """What an offer is for."""
    if row.product is not None:
        return row.product.name
    if row.category is not None:
        return _("All of “%(category)s”") % {"category": row.category.name}
    return _("All products")


def mode_of(row: Voucher | Promotion) -> str:
    """How what it is for is paid; empty where that does not matter."""
    return str(PayMode(row.pay_mode).label) if row.pay_mode else ""


def coupon_words(coupon: Coupon) -> str:
    """What it takes off, in a few words."""
    if coupon.rate is not None:
        worth = _("%(percent)s is paid") % {"percent": per_cent(coupon.rate)}
    else:
        worth = _("%(amount)s off") % {"amount": f"¥{coupon.off:,.2f}"}
    if not coupon.least:
        return worth
    return _("%(worth)s from %(least)s on") % {"worth": worth, "least": f"¥{coupon.least:,.2f}"}


def _list(step: Mapping[str, Any], unit: str) -> Line:
    above, months = Decimal(step["above"]), Decimal(step["months"])
    label = _("List price above %(above)s %(unit)s") if above else _("List price")
    how = _("%(units)s %(unit)s × %(price)s a month × %(months)s months")
    facts = {
        "units": plain(Decimal(step["units"])),
        "unit": unit,
        "price": unit_price(Decimal(step["unit_price"])),
        "months": plain(months.quantize(Decimal("0.0001"))),
    }
    return Line(label % {"above": plain(above), "unit": unit}, how % facts, _yuan(step))


def _contract(step: Mapping[str, Any], _unit: str) -> Line:
    label = _("Contract discount of %(name)s") % {"name": step["of"]} if step["of"] else _("Contract discount")
    return Line(label, _("%(percent)s is paid") % {"percent": per_cent(Decimal(step["rate"]))}, _yuan(step))


def _promotion(step: Mapping[str, Any], _unit: str) -> Line:
    how = _("%(percent)s is paid") % {"percent": per_cent(Decimal(step["rate"]))}
    if "instead" in step:
        instead = _("instead of the contract discount, by which it would be %(percent)s")
        how += _(", ") + instead % {"percent": per_cent(Decimal(step["instead"]))}
    return Line(_("Promotion “%(name)s”") % {"name": step["name"]}, how, _yuan(step))


def _coupon(step: Mapping[str, Any], _unit: str) -> Line:
    how = _("%(percent)s is paid") % {"percent": per_cent(Decimal(step["rate"]))} if "rate" in step else ""
    return Line(_("Coupon"), how, _yuan(step))


def _worth(step: Mapping[str, Any], _unit: str) -> Line:
    label = _("Rest of order %(number)s") % {"number": step["order"]}
    how = _("%(left)s of %(days)s days are left of %(paid)s paid")
    facts = {"left": step["left"], "days": step["days"], "paid": f"¥{Decimal(step['paid']):,.2f}"}
    words = how % facts
    if (share := Decimal(step["share"])) < 1:
        words += _(", ") + _("%(percent)s of it is given up") % {"percent": per_cent(share.quantize(Decimal("0.0001")))}
    return Line(label, words, _yuan(step))


def _repriced(step: Mapping[str, Any], _unit: str) -> Line:
    return Line(_("Price set by our support"), step["note"], _yuan(step))


def _yuan(step: Mapping[str, Any]) -> Decimal:
    return Decimal(step["amount"]).quantize(FEN)


_LINES = {
    "list": _list,
    "contract": _contract,
    "promotion": _promotion,
    "coupon": _coupon,
    "worth": _worth,
    "repriced": _repriced,
}
