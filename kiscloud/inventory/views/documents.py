"""Stock documents: listed, entered, shown, and what is done with one or with many."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, InputError, NotFound
from config.forms import refuse
from config.paging import paginate
from kiscloud.books.entries import WrongLines
from kiscloud.books.models import Voucher
from kiscloud.books.months import first_day, last_day
from kiscloud.books.periods import as_choices
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.inventory import policy
from kiscloud.inventory.forms.documents import (
    DocumentFilter,
    HeadForm,
    Row,
    items_of,
    padded,
    rows_of,
    rows_to_count,
    typed_rows,
)
from kiscloud.inventory.models import Document, Good, Kind, Partner
from kiscloud.inventory.models.document import SELLING
from kiscloud.inventory.periods import months_with_documents
from kiscloud.inventory.services.documents import (
    confirm_document,
    delete_document,
    save_document,
    void_document,
)
from kiscloud.inventory.services.posting import post_documents, unpost_document
from kiscloud.inventory.views.doors import address, draw, in_stock

State = Document.State
PEOPLE = ("maker", "confirmer")


@require_safe
@in_stock(Right.STOCK_VIEW)
def listing(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Newest first, narrowed by what was asked."""
    form = DocumentFilter(request.GET, months=as_choices(months_with_documents(place.books)))
    found = _narrowed(place, form.asked).select_related("partner", "voucher", "maker")
    rows = paginate(found, request, order=("-day", "-id"))
    context = {
        "filter": form,
        "page": rows,
        "narrowed": form.narrows,
        "kinds": Kind.choices,
        "month": form.asked.get("month") or place.books.month,
    }
    return draw(request, place, "inventory/documents/list.html", context, part="_rows.html")


def _narrowed(place: Place, asked: dict[str, Any]) -> "QuerySet[Document]":
    found: QuerySet[Document] = Document.objects.of(place.account_set)
    found = found.filter(**{name: asked[name] for name in ("kind", "month", "state", "voucher") if name in asked})
    if "partner" in asked:
        found = found.filter(Q(partner__code=asked["partner"]) | Q(partner__name__icontains=asked["partner"]))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_stock(Right.STOCK_ENTER)
def new(request: ConsoleRequest, place: Place, kind: str) -> HttpResponse:
    """An empty document of the kind, or with the lines of the one that the address names (`?copy=`)."""
    if kind not in Kind.values:
        raise NotFound()
    document = Document(account_set=place.account_set, kind=kind)
    if request.method == "POST":
        return _save(request, place, document)
    if kind == Kind.COUNT and request.GET.get("goods") == "all":
        return _form(request, place, document, _fresh(place, document), rows_to_count(place.account_set))
    copied = request.GET.get("copy", "")
    source = document_of(place, int(copied)) if copied.isdecimal() and len(copied) < 19 else None
    form = _fresh(place, document, source.partner if source else None)
    return _form(request, place, document, form, rows_of(source) if source else [])


def _fresh(place: Place, document: Document, partner: Partner | None = None) -> HeadForm:
    """Today, or the day of the open period that is nearest."""
    day = min(max(timezone.localdate(), first_day(place.books.month)), last_day(place.books.month))
    return HeadForm(document=document, initial={"day": day, "partner": partner or ""})


@require_http_methods(["GET", "HEAD", "POST"])
@in_stock(Right.STOCK_ENTER)
def edit(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """A draft, changed."""
    document = document_of(place, pk)
    if request.method == "POST":
        return _save(request, place, document)
    initial = {"day": document.day, "partner": document.partner, "note": document.note}
    return _form(request, place, document, HeadForm(document=document, initial=initial), rows_of(document))


def _save(request: ConsoleRequest, place: Place, document: Document) -> HttpResponse:
    form, rows = HeadForm(request.POST, document=document), typed_rows(request.POST)
    items = items_of(rows)
    problems: list[str] = []
    if form.is_valid() and not any(row.problems for row in rows):
        try:
            saved = save_document(
                actor=request.actor,
                account_set=place.account_set,
                kind=document.kind,
                head=form.head,
                items=items,
                document_id=document.pk,
            )
        except WrongLines as error:
            problems = _spread(error, rows)
        except InputError as error:
            refuse(form, error)
        else:
            return _saved(request, place, saved)
    return _form(request, place, document, form, rows, problems=problems, status=422)


def _spread(error: WrongLines, rows: list[Row]) -> list[str]:
    """Each problem to its row, counted without the empty ones; what concerns the whole is answered."""
    standing = [row for row in rows if not row.is_blank]
    for place, sentence in error.problems:
        if 0 < place <= len(standing):
            standing[place - 1].problems.append(sentence)
    return [sentence for place, sentence in error.problems if not place]


def _saved(request: ConsoleRequest, place: Place, document: Document) -> HttpResponse:
    """Confirmed at once where that was asked; a refusal leaves the draft."""
    here = address(place, "document-detail", pk=document.pk)
    if request.POST.get("act") == "draft":
        messages.success(request, _("The draft is kept."))
        return redirect(here)
    try:
        done = confirm_document(actor=request.actor, account_set=place.account_set, document_id=document.pk)
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
        messages.info(request, _("The document is kept as a draft."))
        return redirect(here)
    messages.success(request, _("%(document)s is confirmed.") % {"document": done})
    return redirect(address(place, "document-new", kind=done.kind) if request.POST.get("act") == "next" else here)


def _form(
    request: ConsoleRequest, place: Place, document: Document, form: HeadForm, rows: list[Row], **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    goods = Good.objects.filter(account_set=place.account_set, disabled=False).select_related("stock")
    partners = Partner.objects.filter(account_set=place.account_set, disabled=False)
    side = {"is_customer": True} if document.kind in SELLING else {"is_supplier": True}
    context = {
        "form": form,
        "rows": padded(rows),
        "document": document,
        "goods": list(goods.order_by("code")),
        "partners": [] if document.is_inside else list(partners.filter(**side).order_by("code")),
        "rates": policy.RATES,
        "usual": policy.USUAL_RATES[place.books.tax_kind],  # type: ignore[index]
        "sells": document.kind in SELLING,
        "counts": document.kind == Kind.COUNT,
        "problems": [],
        **more,
    }
    return draw(request, place, "inventory/documents/form.html", context, status=status)


def document_of(place: Place, pk: int) -> Document:
    """The document of this set. Raises NotFound."""
    rows = Document.objects.of(place.account_set).select_related("partner", "voucher", *PEOPLE)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


@require_safe
@in_stock(Right.STOCK_VIEW)
def detail(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """The document as it is printed, with what can be done with it."""
    document = document_of(place, pk)
    lines = list(document.lines.select_related("good").order_by("place"))
    amount = sum(line.amount for line in lines)
    context = {
        "document": document,
        "lines": lines,
        "amount": amount,
        "tax": sum(line.tax for line in lines),
        "quantity": sum(line.quantity for line in lines),
        "profit": amount + document.cost if document.kind == Kind.SALE and document.number else None,
        "is_open": document.month >= place.books.month,
        "counts": document.kind == Kind.COUNT,
    }
    return draw(request, place, "inventory/documents/detail.html", context)


ACTS: dict[str, Any] = {
    "confirm": confirm_document,
    "void": void_document,
    "delete": delete_document,
    "take-back": unpost_document,
}


@require_POST
@in_stock(Right.STOCK_VIEW)
def act(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """One of the acts with this document; then its page, or the list when it is gone."""
    document_of(place, pk)
    name = request.POST.get("act", "")
    here = address(place, "document-detail", pk=pk)
    wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set}
    done: Any = None
    try:
        if name == "post":
            post_documents(**wanted, document_ids=[pk])
        elif name in ACTS:
            done = ACTS[name](**wanted, document_id=pk)
            here = address(place, "document-list") if name == "delete" else here
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
        return redirect(here)
    messages.success(request, _taken_back(done) if name == "take-back" else _("Done."))
    return redirect(here)


def _taken_back(red: Voucher | None) -> str:
    if red is None:
        return _("The voucher is taken back.")
    return _("The voucher is taken back: red voucher %(red)s waits to be posted.") % {"red": red}


@require_POST
@in_stock(Right.STOCK_VIEW)
def post(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Vouchers of the ticked documents, or of all of a month."""
    chosen = [int(pk) for pk in request.POST.getlist("document") if pk.isdecimal() and len(pk) < 19]
    month = request.POST.get("month", "")
    back = f"{address(place, 'document-list')}?{request.GET.urlencode()}"
    wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set}
    if request.POST.get("act") == "month":
        wanted["month"] = int(month) if month.isdecimal() and len(month) == 6 else 0
    elif chosen:
        wanted["document_ids"] = chosen[: policy.POSTED_AT_ONCE]
    else:
        messages.error(request, _("Tick at least one document."))
        return redirect(back)
    try:
        done = post_documents(**wanted)
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
        return redirect(back)
    messages.success(request, _("%(done)s vouchers were made; they wait to be posted.") % {"done": done.done})
    if done.left:
        left = _("%(left)s documents were left: they have a voucher, are no confirmed ones or amount to nought.")
        messages.warning(request, left % {"left": done.left})
    return redirect(back)
