"""What goods cost: the moving weighted average (移动加权平均), in yuan to the fen. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FEN: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """To the fen, half a fen up."""
    return amount.quantize(FEN, ROUND_HALF_UP)


def amount_of(quantity: Decimal, price: Decimal) -> Decimal:
    """What so many cost at this price."""
    return rounded(quantity * price)


def tax_of(amount: Decimal, rate: int) -> Decimal:
    """The tax on an amount without it."""
    return rounded(amount * rate / 100)


@dataclass(frozen=True, slots=True)
class Held:
    """So much of a good, and what it cost."""

    quantity: Decimal
    value: Decimal

    def share(self, quantity: Decimal) -> Decimal:
        """What so many of them cost, at most all: at the average, and the last piece takes what is left."""
        return self.value if quantity == self.quantity else rounded(self.value * quantity / self.quantity)

    def after(self, moved: Decimal, cost: Decimal) -> "Held":
        """What is there once so much came or, below nought, went."""
        return Held(self.quantity + moved, self.value + cost)

    @property
    def is_sound(self) -> bool:
        """Neither is below nought, and nothing costs nothing."""
        return self.quantity >= 0 and self.value >= 0 and (self.quantity > 0 or self.value == 0)
