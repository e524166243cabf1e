"""What can be wrong with one line of an invoice, and with a discount and its neighbour. Pure; see `checks`."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from finance.money import ZERO
from invoicing import policy
from invoicing.amounts import FACTOR_CHARS, FACTOR_PLACES, amount_fits, line_tax, product, tax_fits
from invoicing.faces import DISCOUNT, DISCOUNTED, NORMAL, Line

CLASS_FORM: Final = re.compile(r"[1-6][0-9]{18}", re.ASCII)
EXEMPT, OUTSIDE = "1", "2"
ZERO_RATES: Final = ("0", EXEMPT, OUTSIDE, "3")
AMOUNT_DIGITS: Final = 16  # before the point
FACTOR_DIGITS: Final = 11  # before the point


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a field of a line."""

    place: str
    code: str
    text: str | Promise
    facts: dict[str, Any] = field(default_factory=dict)


def line_problems(line: Line, *, rates: Collection[Decimal], special: bool, red: bool) -> Iterator[Problem]:
    """Everything that is wrong with it by itself. What is no number at all is all that is said of it."""
    broken = list(_broken(line))
    yield from _words(line)
    yield from broken
    if not broken:
        yield from _rate(line, rates, special=special)
        yield from _factors(line)
        yield from _signs(line, red=red)
        yield from _sums(line)


def neighbour_problems(lines: Sequence[Line]) -> Iterator[tuple[int, Problem]]:
    """What is wrong between discounts and the lines that they are taken off, with the place counted from 0."""
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else None
        behind = lines[place + 1] if place + 1 < len(lines) else None
        if line.nature == DISCOUNTED and (behind is None or behind.nature != DISCOUNT):
            yield place, Problem("nature", "discount_missing", _("Its discount must follow directly behind it."))
        if line.nature == DISCOUNT:
            yield from ((place, problem) for problem in _discount(line, before))


def _words(line: Line) -> Iterator[Problem]:
    if not line.name.strip():
        yield Problem("name", "empty", _("The item has no name."))
    if not line.class_name.strip():
        yield Problem("class_name", "empty", _("The tax class has no short name."))
    if CLASS_FORM.fullmatch(line.class_code) is None:
        yield Problem("class_code", "class_form", _("A tax class has 19 digits and begins with 1 to 6."))
    if line.nature not in (NORMAL, DISCOUNTED, DISCOUNT):
        yield Problem("nature", "nature_unknown", _("A line is normal, discounted or a discount."))
    if line.zero_rate not in ("", *ZERO_RATES):
        yield Problem("zero_rate", "zero_rate_unknown", _("Why there is no tax is one of 0, 1, 2, 3 or empty."))


def _broken(line: Line) -> Iterator[Problem]:
    """Numbers that are none, or have more digits than there is room for."""
    for name, places in (("amount", 2), ("tax", 2), ("rate", 3)):
        value: Decimal = getattr(line, name)
        if not value.is_finite() or abs(value) >= 10**AMOUNT_DIGITS or value != round(value, places):
            text = _("This is no number with at most %(places)s decimal places, or it is too large.")
            yield Problem(name, "number_form", text, {"places": places})
    for name in ("quantity", "price"):
        factor: Decimal | None = getattr(line, name)
        if factor is not None and not _is_factor(factor):
            text = _("At most %(chars)s characters with at most %(places)s decimal places fit here.")
            yield Problem(name, "factor_form", text, {"chars": FACTOR_CHARS, "places": FACTOR_PLACES})


def _is_factor(value: Decimal) -> bool:
    if not value.is_finite() or abs(value) >= 10**FACTOR_DIGITS or len(value.as_tuple().digits) > 2 * FACTOR_CHARS:
        return False
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return len(text) <= FACTOR_CHARS and len(text.partition(".")[2]) <= FACTOR_PLACES


def _rate(line: Line, rates: Collection[Decimal], *, special: bool) -> Iterator[Problem]:
    percent = f"{(line.rate * 100).normalize():f}"
    if line.rate not in rates:
        yield Problem("rate", "rate_unknown", _("The seller has no rate of %(percent)s%%."), {"percent": percent})
    if line.rate > ZERO and line.zero_rate:
        yield Problem("zero_rate", "rate_and_zero", _("With a rate above 0 no reason for having none can stand."))
    if line.rate == ZERO and not line.zero_rate:
        yield Problem(
            "zero_rate",
            "zero_reason_missing",
            _("With a rate of 0 say why: 0 for export, 1 exempt, 2 outside VAT, 3 zero rate."),
        )
    if special and line.zero_rate in (EXEMPT, OUTSIDE):
        yield Problem(
            "zero_rate", "special_exempt", _("A special invoice has no lines that are exempt or outside VAT.")
        )


def _factors(line: Line) -> Iterator[Problem]:
    if (line.quantity is None) != (line.price is None):
        place = "quantity" if line.quantity is None else "price"
        yield Problem(place, "price_without_quantity", _("Quantity and price come together or not at all."))
    if line.quantity is not None and line.quantity == ZERO:
        yield Problem("quantity", "quantity_zero", _("The quantity is not zero."))
    if line.price is not None and line.price <= ZERO:
        yield Problem("price", "price_not_positive", _("The price is greater than zero; on red invoices, too."))
    if line.nature == DISCOUNT and (line.quantity is not None or line.price is not None):
        yield Problem("quantity", "discount_counted", _("A discount has neither quantity nor price."))


def _signs(line: Line, *, red: bool) -> Iterator[Problem]:
    if red and line.nature != NORMAL:
        yield Problem("nature", "red_discount", _("On a red invoice discounts are taken off the lines themselves."))
    below = red or line.nature == DISCOUNT
    text = _("Amounts on a red invoice and of discounts are below zero.") if below else _("Amounts are above zero.")
    sign = -1 if below else 1
    if sign * line.amount <= ZERO:
        yield Problem("amount", "sign", text)
    if sign * line.tax < ZERO:
        yield Problem("tax", "sign", text)
    if line.quantity is not None and sign * line.quantity < ZERO:
        yield Problem("quantity", "sign", text)


def _sums(line: Line) -> Iterator[Problem]:
    if not amount_fits(line) and line.quantity is not None and line.price is not None:
        text = _("The amount %(amount)s differs from quantity × price = %(exact)s by more than %(most)s yuan.")
        exact = round(product(line.quantity, line.price), 4)
        facts = {"amount": line.amount, "exact": exact, "most": policy.LINE_AMOUNT_TOLERANCE}
        yield Problem("amount", "amount_off", text, facts)
    if line.rate == ZERO and line.tax != ZERO:
        yield Problem("tax", "tax_without_rate", _("Without a rate the tax is 0.00."))
    elif not tax_fits(line):
        text = _("The tax %(tax)s differs from amount × rate = %(exact)s by more than %(most)s yuan.")
        facts = {"tax": line.tax, "exact": line_tax(line.amount, line.rate), "most": policy.LINE_TAX_TOLERANCE}
        yield Problem("tax", "tax_off", text, facts)


def _discount(line: Line, before: Line | None) -> Iterator[Problem]:
    if before is None or before.nature != DISCOUNTED:
        yield Problem("nature", "discount_alone", _("A discount follows directly behind the line it is taken off."))
        return
    if (line.class_code, line.rate, line.zero_rate) != (before.class_code, before.rate, before.zero_rate):
        yield Problem("rate", "discount_differs", _("A discount has the tax class and the rate of its line."))
    if -line.amount > before.amount or -line.tax > before.tax:
        yield Problem("amount", "discount_too_large", _("A discount is no more than the line it is taken off."))
