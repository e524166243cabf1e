"""Vouchers of stock documents: each confirmed document gets one, once, and waits for another when it was taken back.

Only here they are taken back: the books neither delete nor reverse them, so stock and books never disagree.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError
from config.transactions import atomic
from kiscloud.books.entries import Header
from kiscloud.books.models import Voucher
from kiscloud.books.months import first_day
from kiscloud.books.rights import Right
from kiscloud.books.services.made_vouchers import make_voucher, take_back_voucher
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.books.services.posting import Done
from kiscloud.inventory import policy
from kiscloud.inventory.bookings import bookings_of, summary_of
from kiscloud.inventory.chart import Chart
from kiscloud.inventory.models import Document, DocumentLine
from kiscloud.inventory.services.documents import locked_document
from kiscloud.models import AccountSet
from kiscloud.set_parameters import TaxKind


class NothingToPost(DomainError):
    """Nothing waits, or what waits means nothing to the books."""

    code = "nothing_to_post"
    sentence = _("None of these documents waits for a voucher.")
    hint = _("Confirm them first. Opening stock and documents that amount to nought get no voucher.")


class NotPosted(DomainError):
    """There is nothing to take back."""

    code = "document_not_posted"
    sentence = _("%(document)s has no voucher that could be taken back.")


@atomic
def post_documents(
    *,
    actor: Actor,
    account_set: AccountSet,
    document_ids: Collection[int] | None = None,
    month: int | None = None,
    now: datetime | None = None,
) -> Done:
    """Each of these confirmed documents, or each of the month, is in a voucher of its own, which waits to be audited.

    The voucher stands on the document's day, or on the first day of the open period where that is closed. Documents
    with a voucher, and those that amount to nought, are left, so doing it again does nothing. Locks the books, then the
    documents. Raises NotFound, NotGranted, NothingToPost, NoSubject, NoItem, SubjectOff;
    then there is no voucher.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.STOCK_POST)
    rows: QuerySet[Document] = Document.objects.of(account_set).postable().select_for_update(of=("self",))
    rows = rows.filter(pk__in=document_ids) if document_ids is not None else rows.filter(month=month or 0)
    documents = list(rows.select_related("partner").order_by("day", "pk")[: policy.POSTED_AT_ONCE])
    chart = Chart(place.books)
    done = sum(_post(place, chart, document, now) for document in documents)
    if not done:
        raise NothingToPost()
    note(what="stock_document.posted", actor=actor, account_set=account_set, at=now, count=done)
    return Done(done, (len(set(document_ids)) if document_ids is not None else len(documents)) - done)


def _post(place: Place, chart: Chart, document: Document, now: datetime | None) -> bool:
    """Whether the document has a voucher now."""
    lines = list(DocumentLine.objects.filter(document=document).select_related("good").order_by("place"))
    bookings = bookings_of(document, lines, small=place.books.tax_kind == TaxKind.SMALL)
    entries = chart.entries(bookings, summary_of(document))
    if not entries:
        return False
    header = Header(max(document.day, first_day(place.books.month)))
    document.post(voucher=make_voucher(place=place, header=header, entries=entries, kind=Voucher.Kind.STOCK, now=now))
    document.save(update_fields=["state", "voucher"])
    return True


@atomic
def unpost_document(
    *, actor: Actor, account_set: AccountSet, document_id: int, now: datetime | None = None
) -> Voucher | None:
    """The document waits for another voucher, since the one that it had no longer counts; a red one is answered.

    One that nobody audited is gone, or void where its number is needed; a posted one is reversed by a red voucher,
    which waits to be audited. Locks the books, then the documents of the voucher. Raises NotFound, NotGranted,
    NotPosted, VoucherFixed while it is audited and not yet posted.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.STOCK_POST)
    asked = locked_document(account_set=account_set, document_id=document_id)
    voucher = asked.voucher
    if voucher is None:
        raise NotPosted(document=str(asked))
    for document in Document.objects.select_for_update(of=("self",)).filter(voucher=voucher).order_by("pk"):
        document.release()
        document.save(update_fields=["state", "voucher"])
    name = str(voucher)
    red = take_back_voucher(place=place, voucher_id=voucher.pk, now=now)
    facts = {"document": str(asked), "voucher": name}
    note(what="stock_document.taken_back", actor=actor, account_set=account_set, at=now, **facts)
    return red
