"""Amounts of money: yuan with two places, never a float. Read strictly, split without loss."""

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from config.errors import InputError

ZERO = Decimal("0.00")
FEN = Decimal("0.01")
EIGHT = Decimal("0.00000001")  # the places of prices and of rated usage, until a bill line is rounded
MOST = Decimal("9999999999999.99")
_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)


def parse_amount(text: str, *, field: str = "amount") -> Decimal:
    """The amount that the text states; InputError with the reason for anything else.

    Thousands commas are taken where they stand rightly. Never rounds: a third place is refused.
    """
    typed = text.strip().removeprefix("¥").strip()
    if not typed:
        raise InputError(field, _("Enter an amount."))
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", typed, re.ASCII):
        typed = typed.replace(",", "")
    if typed.startswith("-"):
        raise InputError(field, _("The amount must be greater than zero."))
    if re.fullmatch(r"\d+\.\d{3,}", typed, re.ASCII):
        raise InputError(field, _("An amount has at most two decimal places."))
    if re.fullmatch(r"\d{14,}(\.\d*)?", typed, re.ASCII):
        raise InputError(field, _("This amount is too large."))
    if _AMOUNT.fullmatch(typed) is None:
        raise InputError(field, _("Write the amount in digits, such as 1234.50."))
    return Decimal(typed).quantize(FEN)


def is_amount(amount: Decimal) -> bool:
    """Above zero, with two places, and within the columns; for amounts that no form has read."""
    return amount.is_finite() and ZERO < amount <= MOST and amount == amount.quantize(FEN)


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of the total by weight, to the fen, that add up to it exactly; the largest remainders get the rest."""
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        raise ValueError("weights must have a positive sum")
    exact = [total * weight / whole for weight in weights]
    shares = [share.quantize(FEN, rounding="ROUND_FLOOR") for share in exact]
    rest = int((total - sum(shares)) / FEN)
    order = sorted(range(len(weights)), key=lambda place: shares[place] - exact[place])
    for place in order[:rest]:
        shares[place] += FEN
    return shares
