"""From the list price to what is paid, step by step. Pure arithmetic; `finance.services.pricing` finds what goes in.

gross (by tiers) − discount (contract and promotion) − coupon = payable, rounded half up once. Each step is kept in
plain JSON, so that an order can show years later how its price came about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from finance.money import EIGHT, FEN, ZERO

ONE = Decimal(1)
Json = dict[str, Any]
Tier = tuple[Decimal, Decimal]  # above, yuan a unit


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion that fits: its share that is paid, and whether it goes on top of a contract discount."""

    name: str
    rate: Decimal
    with_contract: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract discount that counts, and whose it is where it is not the buyer's own."""

    rate: Decimal = ONE
    of: str = ""


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """An amount off, or a share that is paid, of what costs at least so much."""

    off: Decimal | None = None
    rate: Decimal | None = None
    least: Decimal = ZERO
    with_discount: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and how it came about. `payable` is below zero where money goes back; months may be a part of one."""

    quantity: Decimal
    months: Decimal
    gross: Decimal
    rate: Decimal = ONE
    discount: Decimal = ZERO
    coupon: Decimal = ZERO
    steps: Sequence[Json] = field(default_factory=list)

    @property
    def payable(self) -> Decimal:
        """In yuan, two places."""
        return (self.gross - self.discount - self.coupon).quantize(FEN, ROUND_HALF_UP)

    @property
    def list_amount(self) -> Decimal:
        """In yuan, two places."""
        return self.gross.quantize(FEN, ROUND_HALF_UP)

    def as_json(self) -> Json:
        """As an order keeps it; amounts as text, so that nothing passes through a float."""
        return {
            "months": str(self.months),
            "gross": str(self.gross),
            "rate": str(self.rate),
            "discount": str(self.discount),
            "coupon": str(self.coupon),
            "steps": list(self.steps),
        }


def slices(tiers: Iterable[Tier], quantity: Decimal) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Which part of the quantity costs what: (above, units, yuan a unit). What lies below the first tier is free."""
    ordered = sorted(tiers)
    ends = [above for above, _price in ordered[1:]] + [None]
    found = []
    for (above, price), end in zip(ordered, ends, strict=True):
        units = (quantity if end is None else min(quantity, end)) - above
        if units > 0:
            found.append((above, units, price))
    return found


def tiered(tiers: Iterable[Tier], quantity: Decimal) -> Decimal:
    """The list price of a quantity; the billing run says the same in SQL (`finance.services.rating`)."""
    return sum((units * price for _above, units, price in slices(tiers, quantity)), Decimal(0))


def best_rate(contract: Decimal, offers: Sequence[Offer]) -> tuple[Decimal, Offer | None]:
    """The lowest share that is paid, and the promotion that has a part in it.

    A promotion that goes with a contract is multiplied with it; another one counts instead of it, if it is better.
    """
    reached = [(contract * one.rate if one.with_contract else one.rate, one) for one in offers]
    best = min(reached, key=lambda pair: pair[0], default=(contract, None))
    return best if best[0] < contract else (contract, None)


def list_steps(tiers: Iterable[Tier], quantity: Decimal, months: Decimal) -> list[Json]:
    """One step for each tier that the quantity reaches; together they are the whole, rounded once."""
    steps, exact, so_far = [], Decimal(0), Decimal(0)
    for above, units, price in slices(tiers, quantity):
        exact += units * price * months
        amount = exact.quantize(EIGHT, ROUND_HALF_UP) - so_far
        so_far += amount
        step = {"above": above, "units": units, "unit_price": price, "months": months}
        steps.append({"kind": "list"} | {name: _plain(size) for name, size in step.items()} | {"amount": str(amount)})
    return steps


def at_list_price(quantity: Decimal, months: Decimal, steps: Sequence[Json]) -> Quote:
    """The price before anything makes it smaller."""
    gross = sum((Decimal(step["amount"]) for step in steps), Decimal(0))
    return Quote(quantity, months, gross, steps=steps)


def reduced(listed: Quote, *, contract: Contract, offers: Sequence[Offer], coupon: CouponTerms | None = None) -> Quote:
    """The same after contract discount and promotion, then the coupon.

    The discount is rounded once, by the rate of all of them, as the billing run does it; the last step has what is
    left of it. A coupon that does not go with a discount replaces all of them, whatever it is worth: the caller
    compares.
    """
    rate, offer = best_rate(contract.rate, offers)
    if coupon is not None and not coupon.with_discount:
        rate, offer, contract = ONE, None, Contract()
    rate = rate.quantize(EIGHT)
    found, rest = list(listed.steps), _after(listed.gross, rate)
    before = listed.gross
    if contract.rate < ONE and (offer is None or offer.with_contract):
        after = rest if offer is None else _after(before, contract.rate)
        step = {"kind": "contract", "rate": _plain(contract.rate), "of": contract.of, "amount": str(after - before)}
        found, before = [*found, step], after
    if offer is not None:
        step = {"kind": "promotion", "rate": _plain(offer.rate), "name": offer.name}
        if contract.rate < ONE and not offer.with_contract:
            step["instead"] = _plain(contract.rate)
        found.append({**step, "amount": str(rest - before)})
    off = ZERO
    if coupon is not None:
        off = coupon_worth(coupon, rest)
        terms = {"rate": _plain(coupon.rate)} if coupon.rate is not None else {}
        found.append({"kind": "coupon", **terms, "amount": str(-off)})
    return replace(listed, rate=rate, discount=listed.gross - rest, coupon=off, steps=found)


def coupon_worth(coupon: CouponTerms, price: Decimal) -> Decimal:
    """What it takes off this price, in yuan with two places; never more than the price, whose fen it rounds down."""
    whole = price.quantize(FEN, ROUND_DOWN)
    if coupon.off is not None:
        return min(coupon.off, whole)
    return min((price * (ONE - (coupon.rate or ONE))).quantize(FEN, ROUND_HALF_UP), whole)


def _after(price: Decimal, rate: Decimal) -> Decimal:
    """This share of the price is left: what goes off is rounded."""
    return price - (price * (ONE - rate)).quantize(EIGHT, ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    """`12.5` for 12.50000000; never an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
