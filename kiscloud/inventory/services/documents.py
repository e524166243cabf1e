"""Stock documents: written and changed as drafts, confirmed, so that stock moves, and taken back by being made void."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_remark
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.books import policy as books_policy
from kiscloud.books.models import Books
from kiscloud.books.months import following, month_of, worded
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.inventory import policy
from kiscloud.inventory.costing import ZERO
from kiscloud.inventory.items import Head, Item, lines_of
from kiscloud.inventory.models import Document, DocumentLine, Good, Kind
from kiscloud.inventory.services.partners import partner_for
from kiscloud.inventory.services.stock import move_back, move_stock
from kiscloud.models import AccountSet

State = Document.State


class DocumentFixed(DomainError):
    """Only drafts change."""

    code = "document_fixed"
    sentence = _("%(document)s is “%(state)s”, so it cannot be changed.")
    hint = _("Make it void and enter it again, or enter a return.")


class PeriodClosed(DomainError):
    """What happened in a closed period stays."""

    code = "stock_period_closed"
    sentence = _("%(month)s is closed, so documents of that month are neither confirmed nor made void.")
    hint = _("Give a draft a day in the current period; what was confirmed is corrected by a return or a count.")


class InVoucher(DomainError):
    """The books count on it."""

    code = "document_in_voucher"
    sentence = _("%(document)s is in voucher %(voucher)s, so it cannot be made void.")
    hint = _("Take its voucher back first, or enter a return.")


@atomic
def save_document(
    *,
    actor: Actor,
    account_set: AccountSet,
    kind: str,
    head: Head,
    items: Sequence[Item],
    document_id: int | None = None,
    now: datetime | None = None,
) -> Document:
    """The draft stands with its lines and their amounts: a new one of this kind, or this one changed.

    Locks the books. Raises WrongLines, InputError, NotFound, NotGranted, DocumentFixed.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    document = _opened(place, document_id, kind)
    _check_day(place.books, head)
    document.partner = partner_for(document=document, code=head.partner)
    goods = {good.code: good for good in Good.objects.filter(account_set=account_set, code__in=_codes(items))}
    usual = policy.USUAL_RATES[place.books.tax_kind]  # type: ignore[index]
    lines = lines_of(document.kind, items, goods, usual_rate=usual)
    document.day, document.month = head.day, month_of(head.day)
    document.note = cleaned("note", lambda text: clean_remark(text, max_length=120), head.note)
    document.total = sum((line.with_tax for line in lines), ZERO)
    document.saved_at = now or timezone.now()
    if document_id is None:
        document.save(force_insert=True)
    else:
        DocumentLine.objects.filter(document=document).delete()
        document.save(update_fields=["day", "month", "partner", "note", "total", "saved_at"])
    for line in lines:
        line.account_set_id, line.document, line.day = account_set.pk, document, head.day
    DocumentLine.objects.bulk_create(lines)
    note(what="stock_document.saved", actor=actor, account_set=account_set, at=now, draft=document.get_kind_display())
    return document


def _codes(items: Sequence[Item]) -> set[str]:
    return {item.good for item in items}


def _opened(place: Place, document_id: int | None, kind: str) -> Document:
    if document_id is not None:
        document = locked_document(account_set=place.account_set, document_id=document_id)
        if document.state != State.DRAFT:
            raise DocumentFixed(document=str(document), state=document.get_state_display())
        return document
    if kind not in Kind.values:
        raise NotFound()
    return Document(account_set=place.account_set, maker=place.user, kind=kind)


def _check_day(books: Books, head: Head) -> None:
    month = month_of(head.day)
    if month < books.month:
        closed = _("%(month)s is closed. The current period is %(now)s.")
        raise InputError("day", closed, month=worded(month), now=worded(books.month))
    if month > (last := following(books.month, books_policy.MONTHS_AHEAD)):
        raise InputError("day", _("Documents can be entered until %(month)s."), month=worded(last))


def locked_document(*, account_set: AccountSet, document_id: int) -> Document:
    """The document of this set, locked. Raises NotFound."""
    rows = Document.objects.of(account_set).select_for_update(of=("self",)).select_related("partner", "voucher")
    found = rows.filter(pk=document_id).first()
    if found is None:
        raise NotFound()
    return found


@atomic
def confirm_document(
    *, actor: Actor, account_set: AccountSet, document_id: int, now: datetime | None = None
) -> Document:
    """It has its number, its lines their cost, and stock has moved. Numbers of a kind and month have no gaps.

    Locks the books, then the stock of its goods in the order of their ids. Raises NotFound, NotGranted, MoveRefused,
    PeriodClosed, NotOnHand, NoCostKnown, ValueBelowNought.
    """
    place, document = _held(actor, account_set, document_id)
    lines = list(document.lines.select_related("good").order_by("place"))
    document.cost = sum((line.cost for line in move_stock(books=place.books, document=document, lines=lines)), ZERO)
    DocumentLine.objects.bulk_update(lines, ["moved", "cost"])
    document.confirm(number=_next_number(document), by=place.user, at=now or timezone.now())
    document.save(update_fields=["state", "number", "cost", "confirmer", "confirmed_at"])
    note(what="stock_document.confirmed", actor=actor, account_set=account_set, at=now, document=str(document))
    return document


def _held(actor: Actor, account_set: AccountSet, document_id: int) -> tuple[Place, Document]:
    """The person's place and the document, both locked, in a period that is open."""
    place = locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    document = locked_document(account_set=account_set, document_id=document_id)
    if document.month < place.books.month:
        raise PeriodClosed(month=worded(document.month))
    return place, document


def _next_number(document: Document) -> int:
    found = Document.objects.filter(account_set=document.account_set_id, kind=document.kind, month=document.month)
    return int(found.aggregate(last=Max("number"))["last"] or 0) + 1


@atomic
def void_document(*, actor: Actor, account_set: AccountSet, document_id: int, now: datetime | None = None) -> Document:
    """What it moved is moved back at what it cost then; it keeps its number and counts nothing.

    Locks the books, then the stock of its goods in the order of their ids. Raises NotFound, NotGranted, MoveRefused,
    PeriodClosed, InVoucher, CannotGoBack.
    """
    _place, document = _held(actor, account_set, document_id)
    if document.voucher is not None:
        raise InVoucher(document=str(document), voucher=str(document.voucher))
    document.void()
    move_back(document=document)
    document.save(update_fields=["state"])
    note(what="stock_document.voided", actor=actor, account_set=account_set, at=now, document=str(document))
    return document


@atomic
def delete_document(*, actor: Actor, account_set: AccountSet, document_id: int, now: datetime | None = None) -> None:
    """The draft is gone. Locks the books. Raises NotFound, NotGranted, DocumentFixed."""
    place = locked_place(actor=actor, account_set=account_set, right=Right.STOCK_ENTER)
    document = _opened(place, document_id, "")
    DocumentLine.objects.filter(document=document).delete()
    document.delete()
    note(what="stock_document.deleted", actor=actor, account_set=account_set, at=now, draft=document.get_kind_display())
