"""Other apps that make vouchers: where that shows from which they were made, and how one is taken back there.

    add_origin(Voucher.Kind.STOCK, Origin(label, way, address))

The books know nothing else of them. A voucher of such a kind says what its source says, so in the books it is audited
and posted and nothing else: neither changed nor deleted, made void or reversed. Whatever made it takes it back
(`services.made_vouchers`), so that the two can never say different things. A red voucher of one belongs to it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from kiscloud.books.models import Voucher


@dataclass(frozen=True, slots=True)
class Origin:
    """`way` says how such a voucher is taken back; `address` is empty where nothing stands behind it any more."""

    label: str | Promise
    way: str | Promise
    address: Callable[[Voucher], str]


_origins: dict[str, Origin] = {}


def add_origin(kind: str, origin: Origin) -> None:
    """From now on vouchers of this kind come from there."""
    _origins[kind] = origin


def origin_of(voucher: Voucher) -> Origin | None:
    """Where the voucher, or the one that it reverses, came from; None for one that was made in the books."""
    return _origins.get((voucher.reverses or voucher).kind)
