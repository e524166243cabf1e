"""Credit in stripes: the book of an account that pays for thousands at once, cut so that a charge takes a free piece.

Each stripe is a book with a share of what is left of the limit: its floor is its balance less that share, so all floors
together are minus the limit, as the floor of a single book is, and no mixture of charges gets below it.
"""

from collections.abc import Sequence
from decimal import Decimal

from finance.money import FEN, ZERO

STRIPES = 64
CHARGES = 4  # a share holds at least so many charges like the one that found none, or hardly any would fit


def floors_of(balances: Sequence[Decimal], *, limit: Decimal, pieces: int = 1) -> list[Decimal]:
    """The floors of books with these balances: the first `pieces` have equal shares of what is left, to the fen.

    More in use than the limit: nothing can be drawn.
    """
    share, over = divmod(int(left_of(balances, limit=limit) / FEN), pieces)
    shares = [FEN * (share + (place < over)) if place < pieces else ZERO for place in range(len(balances))]
    return [balance - part for balance, part in zip(balances, shares, strict=True)]


def pieces_for(charge: Decimal, *, left: Decimal, most: int) -> int:
    """In how many shares what is left pays several charges of this amount each."""
    return most if charge <= ZERO else max(1, min(most, int(left / (CHARGES * charge))))


def left_of(balances: Sequence[Decimal], *, limit: Decimal) -> Decimal:
    """What these books can still be drawn by, all together."""
    return max(ZERO, limit + sum(balances, ZERO))
