"""Which of several commitments, and of several vouchers, is used first: pure, but for what the vendor chose (`policy`).

What follows what is fixed, for each step of a price builds on the one before: commitments, discount, coupon, voucher,
cash, credit. Among commitments and among vouchers the vendor names what decides, the weightiest first.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from finance import policy
from finance.models import Commitment, Coupon, Voucher

Keys = Mapping[str, Callable[[Any], Any]]

# Savings plans, which cover yuan, after what covers a quantity of one product and could cover nothing else.
_COMMITMENTS: Keys = {
    "kind": lambda one: one.kind == Commitment.Kind.SAVINGS,
    "ends": lambda one: one.valid_until,
    "begins": lambda one: one.valid_from,
}
_VOUCHERS: Keys = {
    "scope": lambda one: 0 if one.product_id else 1 if one.category_id else 2,
    "ends": lambda one: one.valid_until,
    "left": lambda one: one.balance,
}


def commitments_in_order(rows: Iterable[Commitment]) -> list[Commitment]:
    """By kind, then the one that ends, begins, or was made first, unless the vendor chose otherwise."""
    return sorted(rows, key=lambda one: _rank(one, _COMMITMENTS, policy.COMMITMENTS_FIRST))


def vouchers_in_order(rows: Iterable[Voucher]) -> list[Voucher]:
    """The narrower, then the one that ends, then the smaller, unless the vendor chose otherwise."""
    return sorted(rows, key=lambda one: _rank(one, _VOUCHERS, policy.VOUCHERS_FIRST))


def coupons_in_order(rows: Iterable[Coupon]) -> list[Coupon]:
    """Each is used whole, so only its end counts."""
    return sorted(rows, key=lambda one: (one.valid_until, one.pk))


def _rank(row: Any, keys: Keys, names: Iterable[str]) -> tuple[Any, ...]:
    return (*(keys[name](row) for name in names), row.pk)
