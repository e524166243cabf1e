"""Other apps that make vouchers: where that shows from which they were made, and what is done when one goes.

    add_origin(Voucher.Kind.STOCK, Origin(label, address, drop))

The books know nothing else of them. A voucher of such a kind is not changed by hand: it says what its source says.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from kiscloud.books.models import Voucher


@dataclass(frozen=True, slots=True)
class Origin:
    """`drop` is told in the transaction in which a voucher is deleted or made void, before that is written."""

    label: str | Promise
    address: Callable[[Voucher], str]
    drop: Callable[[Voucher], None]


_origins: dict[str, Origin] = {}


def add_origin(kind: str, origin: Origin) -> None:
    """From now on vouchers of this kind come from there."""
    _origins[kind] = origin


def origin_of(voucher: Voucher) -> Origin | None:
    """Where the voucher came from; None for one that was made in the books."""
    return _origins.get(voucher.kind)
