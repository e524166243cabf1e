"""Vouchers: written, kept as drafts, saved with a number, changed, taken out again before they are audited."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.books import policy
from kiscloud.books.entries import Entry, Header, Known, check_draft, check_lines, filled, sums
from kiscloud.books.models import Books, Item, Line, Subject, Voucher, Word
from kiscloud.books.months import following, month_of, worded
from kiscloud.books.origins import Origin, origin_of
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.models import AccountSet

State = Voucher.State


class VoucherFixed(DomainError):
    """Only what is not audited yet can be changed."""

    code = "voucher_fixed"
    sentence = _("Voucher %(voucher)s is “%(state)s”, so it cannot be changed.")
    hint = _("Take back the audit first. A posted voucher is corrected by reversing it.")


class MadeElsewhere(DomainError):
    """Whatever made it says what stands in it, and takes it back; the hint says how."""

    code = "voucher_made_elsewhere"
    sentence = _(
        "Voucher %(voucher)s comes from elsewhere (%(origin)s), so in the books it is neither changed nor deleted, "
        "made void or reversed."
    )

    def __init__(self, voucher: Voucher, origin: Origin) -> None:
        super().__init__(voucher=str(voucher), origin=str(origin.label))
        self.hint = origin.way


class NumberNeeded(DomainError):
    """A later voucher was posted already, so this number must stay."""

    code = "number_needed"
    sentence = _("Vouchers after %(voucher)s are posted already; without it their numbers would have a gap.")
    hint = _("Make it void instead: it keeps its number and counts nothing.")


@atomic
def save_voucher(
    *,
    actor: Actor,
    account_set: AccountSet,
    header: Header,
    entries: Sequence[Entry],
    voucher_id: int | None = None,
    draft: bool = False,
    now: datetime | None = None,
) -> Voucher:
    """The voucher stands with its lines: numbered and balanced, or as a draft. A new one, or this one changed.

    Locks the books, so that numbers follow each other without gaps. A changed one keeps its number unless word or
    month changed. Raises WrongLines, InputError, NotFound, NotGranted, VoucherFixed, MadeElsewhere.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.ENTER)
    check_header(books=place.books, header=header)
    lines = filled(entries)
    known = known_of(account_set=account_set, lines=lines)
    if draft:
        check_draft(lines, known)
    else:
        check_lines(header, lines, known)
    voucher = _opened(place, voucher_id, header)
    put_head(voucher=voucher, header=header, lines=lines)
    if not draft:
        voucher.keep(number=voucher.number or next_number(voucher=voucher))
    voucher.saved_at = now or timezone.now()
    if voucher_id is None:
        voucher.save(force_insert=True)
    else:
        Line.objects.filter(voucher=voucher).delete()
        voucher.save(update_fields=CHANGED)
    add_lines(voucher=voucher, lines=lines, known=known)
    facts: dict[str, Any] = {} if draft else {"voucher": str(voucher), "month": worded(voucher.month)}
    note(what=f"book_voucher.{'drafted' if draft else 'saved'}", actor=actor, account_set=account_set, at=now, **facts)
    return voucher


CHANGED = ["month", "word", "number", "day", "state", "attachments", "summary", "total", "saved_at"]


def check_header(*, books: Books, header: Header) -> None:
    """Raises InputError unless a voucher with this head can be entered now."""
    month = month_of(header.day)
    if header.word not in Word.values:
        raise InputError("word", _("Choose the kind of voucher."))
    if not 0 <= header.attachments <= policy.ATTACHMENTS_MAX:
        raise InputError("attachments", _("At most %(most)s attachments."), most=policy.ATTACHMENTS_MAX)
    if month < books.month:
        raise InputError(
            "day",
            _("%(month)s is closed. The current period is %(now)s."),
            month=worded(month),
            now=worded(books.month),
        )
    if month > (last := following(books.month, policy.MONTHS_AHEAD)):
        raise InputError("day", _("Vouchers can be entered until %(month)s."), month=worded(last))


def _opened(place: Place, voucher_id: int | None, header: Header) -> Voucher:
    """A new draft, or the stored one as a draft, without its number where that no longer fits."""
    if voucher_id is None:
        return Voucher(account_set=place.account_set, maker=place.user)
    voucher = locked_voucher(account_set=place.account_set, voucher_id=voucher_id)
    require_made_here(voucher=voucher)
    if voucher.state == State.SAVED:
        voucher.take_back()
        voucher.save(update_fields=["state"])  # lines change only while it is a draft
    if voucher.state != State.DRAFT:
        raise VoucherFixed(voucher=str(voucher), state=voucher.get_state_display())
    if (voucher.month, voucher.word) != (month_of(header.day), header.word):
        _refuse_gap(voucher)
        voucher.number = None
    return voucher


def put_head(*, voucher: Voucher, header: Header, lines: Sequence[Entry]) -> None:
    """The head, and what lists show of the lines; not saved."""
    voucher.month, voucher.day, voucher.word = month_of(header.day), header.day, header.word
    voucher.attachments = header.attachments
    voucher.summary = lines[0].summary if lines else ""
    voucher.total = sums(lines)[0]


def add_lines(*, voucher: Voucher, lines: Sequence[Entry], known: Known) -> None:
    """The lines in one statement, as the database wants them."""
    Line.objects.bulk_create(
        Line(
            account_set_id=voucher.account_set_id,
            voucher=voucher,
            place=place,
            summary=line.summary,
            subject=known.subjects[line.subject],
            item=known.item_of(line),
            day=voucher.day,
            debit=line.debit,
            credit=line.credit,
            quantity=line.quantity,
        )
        for place, line in enumerate(lines, 1)
    )


def known_of(*, account_set: AccountSet, lines: Sequence[Entry]) -> Known:
    """The set's subjects and items that the lines name."""
    subjects = Subject.objects.filter(account_set=account_set, code__in={line.subject for line in lines})
    codes = {line.item for line in lines if line.item}
    items = Item.objects.filter(account_set=account_set, code__in=codes) if codes else ()
    return Known({one.code: one for one in subjects}, {(one.kind, one.code): one for one in items})


def next_number(*, voucher: Voucher) -> int:
    """One after the last of its month and word; the caller holds the books."""
    found = Voucher.objects.filter(account_set=voucher.account_set_id, month=voucher.month, word=voucher.word)
    return int(found.aggregate(last=Max("number"))["last"] or 0) + 1


def locked_voucher(*, account_set: AccountSet, voucher_id: int) -> Voucher:
    """The voucher of this set, locked. Raises NotFound."""
    rows = Voucher.objects.select_for_update(of=("self",)).select_related("maker", "auditor", "reverses")
    found = rows.filter(account_set=account_set, pk=voucher_id).first()
    if found is None:
        raise NotFound()
    return found


@atomic
def delete_voucher(*, actor: Actor, account_set: AccountSet, voucher_id: int, now: datetime | None = None) -> None:
    """A draft, or a voucher nobody audited, is gone with its lines. Locks the books.

    Raises NotFound, NotGranted, MadeElsewhere, VoucherFixed, NumberNeeded.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.VOID)
    voucher = locked_voucher(account_set=place.account_set, voucher_id=voucher_id)
    require_made_here(voucher=voucher)
    name = str(voucher)
    if voucher.state not in (State.DRAFT, State.SAVED):
        raise VoucherFixed(voucher=name, state=voucher.get_state_display())
    _refuse_gap(voucher)
    erase_voucher(voucher=voucher)
    note(what="book_voucher.deleted", actor=actor, account_set=account_set, at=now, voucher=name)


@atomic
def void_voucher(*, actor: Actor, account_set: AccountSet, voucher_id: int, now: datetime | None = None) -> Voucher:
    """It counts nothing for good and keeps its number. Locks the books.

    Raises NotFound, NotGranted, MadeElsewhere, MoveRefused.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.VOID)
    voucher = locked_voucher(account_set=place.account_set, voucher_id=voucher_id)
    require_made_here(voucher=voucher)
    voucher.void()
    voucher.save(update_fields=["state"])
    note(what="book_voucher.voided", actor=actor, account_set=account_set, at=now, voucher=str(voucher))
    return voucher


def require_made_here(*, voucher: Voucher) -> None:
    """It was made in the books, where alone it may be changed and taken back. Raises MadeElsewhere."""
    if origin := origin_of(voucher):
        raise MadeElsewhere(voucher, origin)


def erase_voucher(*, voucher: Voucher) -> None:
    """The draft or saved voucher is gone with its lines. Part of the caller's transaction, which holds the books."""
    if voucher.state == State.SAVED:
        voucher.take_back()
        voucher.save(update_fields=["state"])
    Line.objects.filter(voucher=voucher).delete()
    voucher.delete()


def is_number_needed(*, voucher: Voucher) -> bool:
    """A number below one that is posted cannot be given up: posted vouchers are never renumbered."""
    later = Voucher.objects.filter(
        account_set=voucher.account_set_id, month=voucher.month, word=voucher.word, state=State.POSTED
    )
    return voucher.number is not None and later.filter(number__gt=voucher.number).exists()


def _refuse_gap(voucher: Voucher) -> None:
    if is_number_needed(voucher=voucher):
        raise NumberNeeded(voucher=str(voucher))
