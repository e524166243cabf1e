"""The statement of one book: every entry with the balance after it, and the balance at any moment."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.nav import NavItem
from config.paging import paginate
from config.web import page
from finance.flows import midnight
from finance.forms.flows import BookFilter
from finance.models import Book, Entry
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.ledger import balance_at

ORDER: Sequence[str] = (BookKind.CASH, BookKind.ALLOTTED, BookKind.CREDIT, BookKind.ARREARS)


@require_safe
@needs(Right.SEE_FINANCE)
def index(request: ConsoleRequest) -> HttpResponse:
    """The account's own cash first; without any book a page that says so."""
    books = sorted(Book.objects.of(request.account).filter(stripe=0), key=_place)
    if books:
        return redirect("finance:book-detail", books[0].pk)
    return page(request, "finance/books/none.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The entries of some days, newest first. Credit in stripes is one book here, with the sum of its balances."""
    books = sorted(Book.objects.of(request.account).select_related("source"), key=_place)
    book = get_object_or_404(Book.objects.of(request.account).select_related("source"), pk=pk)
    stripes = [one for one in books if (one.kind, one.source_id) == (book.kind, book.source_id)]
    form = BookFilter(request.GET)
    rows = paginate(_entries(stripes, form), request, order=("-sequence",) if len(stripes) == 1 else ("-pk",))
    moment = form.moment
    context = {
        "balance": sum((one.balance for one in stripes), ZERO),
        "striped": len(stripes) > 1,
        "title": title_of(book),
        "filter": form,
        "page": rows,
        "narrowed": form.narrows,
        "moment": moment,
        "balance_then": sum((balance_at(book=one, moment=moment) for one in stripes), ZERO) if moment else None,
        "tabs": _tabs([one for one in books if one.stripe == 0], stripes[0]),
    }
    return page(request, "finance/books/detail.html", context, part="_rows.html")


def _entries(stripes: Sequence[Book], form: BookFilter) -> "QuerySet[Entry]":
    asked = form.asked
    found = Entry.objects.filter(book__in=stripes).select_related(
        "transfer__allotment__manager", "transfer__allotment__member", "transfer__top_up"
    )
    if since := asked.get("since"):
        found = found.filter(transfer__at__gte=midnight(since))
    if until := asked.get("until"):
        found = found.filter(transfer__at__lt=midnight(until + timedelta(days=1)))
    return found


def title_of(book: Book) -> str:
    """What people call it."""
    if book.source is not None:
        return _("From %(manager)s") % {"manager": book.source.name}
    return str(BookKind(book.kind).label)


def _place(book: Book) -> tuple[int, int]:
    """Own cash, then what came from managers, then credit and what is unpaid."""
    return ORDER.index(book.kind), book.pk


def _tabs(books: Sequence[Book], current: Book) -> list[NavItem]:
    return [
        NavItem(title_of(book), reverse("finance:book-detail", args=[book.pk]), current=book.pk == current.pk)
        for book in books
    ]
