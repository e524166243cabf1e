"""Reversing: what is posted is never changed, so a red voucher takes it back (红字冲销)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import InputError
from config.transactions import atomic
from kiscloud.books import policy
from kiscloud.books.entries import Entry, Header
from kiscloud.books.models import Line, Voucher
from kiscloud.books.months import first_day, last_day, worded
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.books.services.vouchers import (
    add_lines,
    known_of,
    locked_voucher,
    next_number,
    put_head,
    require_made_here,
)
from kiscloud.models import AccountSet

State = Voucher.State


@atomic
def reverse_voucher(*, actor: Actor, account_set: AccountSet, voucher_id: int, now: datetime | None = None) -> Voucher:
    """A red voucher with the same subjects and negative amounts waits to be audited.

    It stands in the current period, today or on its nearest day. Locks the books. Raises NotFound, NotGranted,
    MadeElsewhere, InputError where the voucher is not posted or was reversed already.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.ENTER)
    voucher = locked_voucher(account_set=account_set, voucher_id=voucher_id)
    require_made_here(voucher=voucher)
    if voucher.state != State.POSTED:
        raise InputError("voucher", _("Only a posted voucher is reversed; another one can be changed."))
    if standing_reversal(voucher=voucher) is not None:
        raise InputError("voucher", _("There is a red voucher for this one already."))
    red = make_red(place=place, voucher=voucher, at=now or timezone.now())
    note(what="book_voucher.reversed", actor=actor, account_set=account_set, at=now, voucher=str(voucher))
    return red


def standing_reversal(*, voucher: Voucher) -> Voucher | None:
    """The red voucher that takes this one back."""
    return voucher.reversals.exclude(state=State.VOID).first()


def make_red(*, place: Place, voucher: Voucher, at: datetime) -> Voucher:
    """The numbered red voucher of a posted one. Part of the caller's transaction, which holds the books."""
    month = place.books.month
    day = min(max(timezone.localdate(at), first_day(month)), last_day(month))
    rows = list(voucher.lines.select_related("subject", "item"))
    lines = [_red(voucher, row) for row in rows]
    red = Voucher(
        account_set=place.account_set, maker=place.user, kind=Voucher.Kind.REVERSAL, reverses=voucher, saved_at=at
    )
    put_head(voucher=red, header=Header(day, voucher.word), lines=lines)
    red.keep(number=next_number(voucher=red))
    red.save(force_insert=True)
    add_lines(voucher=red, lines=lines, known=known_of(account_set=place.account_set, lines=lines))
    return red


def _red(voucher: Voucher, row: Line) -> Entry:
    words = f"冲销 {worded(voucher.month)} {voucher}：{row.summary}"  # books are kept in Chinese
    quantity = -row.quantity if row.quantity is not None else None
    item = row.item.code if row.item else ""
    return Entry(words[: policy.SUMMARY_LENGTH], row.subject.code, -row.debit, -row.credit, quantity, item)
