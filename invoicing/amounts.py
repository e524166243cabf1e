"""The arithmetic of invoices. Pure; yuan with two places, rounded half up; taxes are only ever summed over lines."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from finance.money import FEN, ZERO
from invoicing import policy
from invoicing.faces import DISCOUNT, DISCOUNTED, Line

FACTOR_CHARS: Final = 17  # of a quantity or price, with sign and point
FACTOR_PLACES: Final = 13
PLACES_IN_BETWEEN: Final = 60  # so that no product of two factors is rounded before it is meant to be


def rounded(value: Decimal) -> Decimal:
    """To the fen."""
    return value.quantize(FEN, ROUND_HALF_UP)


def product(one: Decimal, other: Decimal) -> Decimal:
    """Exactly, however many places both have."""
    with localcontext() as context:
        context.prec = PLACES_IN_BETWEEN
        return one * other


def line_amount(quantity: Decimal, price: Decimal) -> Decimal:
    """Of so many at that price without tax."""
    return rounded(product(quantity, price))


def line_tax(amount: Decimal, rate: Decimal) -> Decimal:
    """On an amount without tax."""
    return rounded(product(amount, rate))


def split_inclusive(total: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
    """An amount with tax as (amount, tax), which add up to it exactly; the tax may be 0.01 off amount × rate."""
    amount = rounded(total / (1 + rate))
    return amount, total - amount


def unit_price(amount: Decimal, quantity: Decimal) -> Decimal:
    """What one costs, with as many places as an invoice has room for."""
    with localcontext() as context:
        context.prec = PLACES_IN_BETWEEN
        exact = abs(amount / quantity)
    whole = len(str(int(exact)))
    places = max(0, min(FACTOR_PLACES, FACTOR_CHARS - 1 - whole))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def amount_off(line: Line) -> Decimal:
    """By how much its amount differs from quantity × price; nothing where it has none."""
    if line.quantity is None or line.price is None:
        return ZERO
    return abs(line.amount - product(line.quantity, line.price))


def tax_off(line: Line) -> Decimal:
    """By how much its tax differs from amount × rate."""
    return abs(line.tax - product(line.amount, line.rate))


def amount_fits(line: Line) -> bool:
    """Whether its amount is that of quantity and price, within the tolerance."""
    return amount_off(line) <= policy.LINE_AMOUNT_TOLERANCE


def tax_fits(line: Line) -> bool:
    """Whether its tax is that of amount and rate, within the tolerance of one line."""
    return tax_off(line) <= policy.LINE_TAX_TOLERANCE


def taxes_fit(lines: Iterable[Line]) -> bool:
    """Whether all taxes together are within the tolerance of one invoice."""
    return sum((tax_off(line) for line in lines), ZERO) <= policy.TOTAL_TAX_TOLERANCE


def discounted(line: Line, off: Decimal) -> tuple[Line, Line]:
    """The line and the discount that directly follows it: `off` yuan without tax, same class and rate."""
    if not ZERO < off <= line.amount:
        raise ValueError("a discount is above zero and no more than its line")
    taken = replace(
        line,
        nature=DISCOUNT,
        amount=-off,
        tax=-line.tax if off == line.amount else -line_tax(off, line.rate),
        quantity=None,
        price=None,
        spec="",
        unit="",
    )
    return replace(line, nature=DISCOUNTED), taken
