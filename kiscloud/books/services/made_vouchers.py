"""Vouchers that other apps make of what happened there, and take back again (`origins`)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from config.transactions import atomic
from kiscloud.books.entries import Entry, Header, check_lines, filled
from kiscloud.books.models import Voucher
from kiscloud.books.services.people import Place
from kiscloud.books.services.reversing import make_red, standing_reversal
from kiscloud.books.services.vouchers import (
    VoucherFixed,
    add_lines,
    check_header,
    erase_voucher,
    is_number_needed,
    known_of,
    locked_voucher,
    next_number,
    put_head,
)

State = Voucher.State


@atomic
def make_voucher(
    *, place: Place, header: Header, entries: Sequence[Entry], kind: Voucher.Kind, now: datetime | None = None
) -> Voucher:
    """A numbered voucher of another origin waits to be audited, made by the person; its event is the caller's.

    Part of the caller's transaction, which holds the books and has asked for its own right. Raises WrongLines,
    InputError.
    """
    check_header(books=place.books, header=header)
    lines = filled(entries)
    known = known_of(account_set=place.account_set, lines=lines)
    check_lines(header, lines, known)
    at = now or timezone.now()
    voucher = Voucher(account_set=place.account_set, maker=place.user, kind=kind, saved_at=at)
    put_head(voucher=voucher, header=header, lines=lines)
    voucher.keep(number=next_number(voucher=voucher))
    voucher.save(force_insert=True)
    add_lines(voucher=voucher, lines=lines, known=known)
    return voucher


@atomic
def take_back_voucher(*, place: Place, voucher_id: int, now: datetime | None = None) -> Voucher | None:
    """The voucher no longer counts, whatever became of it: one that nobody audited is gone, or void where its number
    is needed; for a posted one a red voucher waits to be audited, which is answered.

    Part of the caller's transaction, which holds the books, has asked for its own right, and whose event it is. Raises
    NotFound, VoucherFixed while it is audited and not yet posted.
    """
    voucher = locked_voucher(account_set=place.account_set, voucher_id=voucher_id)
    if voucher.state == State.AUDITED:
        raise VoucherFixed(voucher=str(voucher), state=voucher.get_state_display())
    if voucher.state == State.POSTED:
        return standing_reversal(voucher=voucher) or make_red(place=place, voucher=voucher, at=now or timezone.now())
    if is_number_needed(voucher=voucher):
        voucher.void()
        voucher.save(update_fields=["state"])
    elif voucher.state != State.VOID:
        erase_voucher(voucher=voucher)
    return None
