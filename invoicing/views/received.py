"""Received invoices: the list, one of them, typed in or uploaded, verified, put to use."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import show, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from finance.spreadsheets import CSV_MARK, csv_line
from invoicing.forms.received import ReceivedFilter, ReceivedForm, ReceivedUploadForm, UsageForm
from invoicing.models import ReceivedInvoice, Taxpayer
from invoicing.open_api.reading import Reading
from invoicing.open_api.received_wire import NAMES, read_row
from invoicing.received_files import TITLES, read_file
from invoicing.services.received import Became, CollectedBefore, Outcome, RowWrong, set_usage, upload_invoices
from invoicing.services.tenants import tenants_of
from invoicing.services.verification import verify_received
from invoicing.tax import Verdict

RESULTS: Final = {
    Verdict.CONSISTENT: gettext_lazy("Genuine: the tax authority has it so."),
    Verdict.MISMATCH: gettext_lazy("The tax authority has it otherwise: compare day and total with the invoice."),
    Verdict.NOT_FOUND: gettext_lazy("The tax authority has no invoice with this number."),
    Verdict.REVERSED: gettext_lazy("It was genuine, and its seller has taken it back."),
}
COLUMNS: Final = {
    "invoiceType": pgettext_lazy("of an invoice", "Kind"),
    "invoiceCode": pgettext_lazy("of an invoice", "Code"),
    "invoiceNo": gettext_lazy("Number"),
    "invoiceDate": gettext_lazy("Day of issue"),
    "salerName": gettext_lazy("Seller"),
    "salerTaxNo": gettext_lazy("Seller's tax number"),
    "buyerTaxNo": gettext_lazy("Buyer's tax number"),
    "invoiceAmount": gettext_lazy("Amount without tax"),
    "totalTaxAmount": gettext_lazy("Tax"),
    "totalAmount": gettext_lazy("Total"),
}
MOVES: Final = {"1": ("30", "60"), "30": ("1", "60"), "60": ("65",), "65": ()}


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Of all tenants of the account, newest first."""
    filters = ReceivedFilter(request.GET, tenants=tenants_of(account=request.account))
    found = _narrowed(_own(request), filters.asked)
    context = {
        "filter": filters,
        "page": paginate(found.select_related("taxpayer"), request, order=("-id",)),
        "narrowed": bool(filters.asked),
        "buyers": _buyers(request).exists(),
        "can_act": _can_act(request),
    }
    return page(request, "invoicing/received/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What stands on it, what the tax authority says, what was done with it."""
    return _detail(request, pk, None)


@require_POST
@needs(Right.MANAGE_INVOICES)
def verify(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks the tax authority; a refusal stands on the page of the invoice."""
    try:
        said = verify_received(actor=request.actor, account=request.account, invoice_id=pk)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return _detail(request, pk, error)
    tell = messages.success if said.verdict is Verdict.CONSISTENT else messages.warning
    tell(request, RESULTS[said.verdict])
    return redirect("invoicing:received-detail", pk)


@require_POST
@needs(Right.MANAGE_INVOICES)
def use(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Put in use, used, booked, or back."""
    form = UsageForm(request.POST)
    usage = form.cleaned_data["usage"] if form.is_valid() else ""
    try:
        set_usage(actor=request.actor, account=request.account, ids=[pk], usage=usage)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return _detail(request, pk, error)
    return redirect("invoicing:received-detail", pk)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def add(request: ConsoleRequest) -> HttpResponse:
    """One invoice, typed from the paper."""
    form = ReceivedForm(typed(request), buyers=_buyers(request))
    tried = attempt(request, form, lambda: _add(request, form), shown=_show_all)
    if tried.result is not None:
        messages.success(request, _("The invoice is collected."))
        return redirect("invoicing:received-detail", tried.result.pk)
    context = {"form": form, "buyers": _buyers(request).exists()}
    return page(request, "invoicing/received/add.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def upload(request: ConsoleRequest) -> HttpResponse:
    """A list: good rows are kept, and the page says what became of each. Sent again, they are known."""
    form = ReceivedUploadForm(request.POST, request.FILES) if request.method == "POST" else ReceivedUploadForm()
    tried = attempt(request, form, lambda: _upload(request, form))
    if tried.result is not None:
        counts = {one.value: sum(row["became"] == one for row in tried.result) for one in Became}
        return page(request, "invoicing/received/uploaded.html", {"rows": tried.result, "counts": counts})
    context = {"form": form, "buyers": _buyers(request).exists()}
    return page(request, "invoicing/received/upload.html", context, status=tried.status)


@require_safe
@needs(Right.MANAGE_INVOICES)
def template(_request: ConsoleRequest) -> HttpResponse:
    """A list with its titles only."""
    response = HttpResponse(CSV_MARK + csv_line(TITLES), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="received-template.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _add(request: ConsoleRequest, form: ReceivedForm) -> ReceivedInvoice:
    [outcome] = upload_invoices(actor=request.actor, account=request.account, rows=[form.row])
    if outcome.error is not None:
        raise outcome.error
    assert outcome.invoice is not None  # noqa: S101
    if outcome.became is Became.KNOWN:
        raise CollectedBefore("number", day=timezone.localtime(outcome.invoice.created_at).date())
    return outcome.invoice


def _show_all(form: Any, error: DomainError) -> int:
    """Each thing that is wrong at its field."""
    if not isinstance(error, RowWrong):
        return show(form, error)
    for name, sentence in error.problems:
        show(form, InputError("buyer" if name == "buyer_tax_number" else name, sentence))
    return error.status


def _upload(request: ConsoleRequest, form: ReceivedUploadForm) -> list[dict[str, Any]]:
    """Each row of the file with what became of it; one that cannot be read keeps the others from nothing."""
    shown: list[dict[str, Any]] = []
    rows = []
    for facts in read_file(form.cleaned_data["file"].read()):
        reading = Reading(facts)
        row = read_row(reading)
        sentences = _named(reading.faults)
        number, seller = str(facts.get("invoiceNo", ""))[:30], str(facts.get("salerName", ""))[:60]
        shown.append({"number": number, "seller": seller, "became": Became.REFUSED, "sentences": sentences})
        if row is not None and not reading.faults:
            rows.append((shown[-1], row))
    if rows:
        found = upload_invoices(actor=request.actor, account=request.account, rows=[row for _line, row in rows])
        for (line, _row), outcome in zip(rows, found, strict=True):
            line |= {"became": outcome.became, "invoice": outcome.invoice, "sentences": _sentences(outcome)}
    return shown


def _sentences(outcome: Outcome) -> list[str]:
    if isinstance(outcome.error, RowWrong):
        return _named([(NAMES.get(name, name), sentence) for name, sentence in outcome.error.problems])
    return [str(outcome.error)] if outcome.error is not None else []


def _named(faults: Sequence[tuple[str, str]]) -> list[str]:
    """Each with the column that it is about."""
    return [f"{COLUMNS[name]}: {sentence}" if name in COLUMNS else sentence for name, sentence in faults]


def _detail(request: ConsoleRequest, pk: int, error: DomainError | None) -> HttpResponse:
    rows = _own(request).select_related("taxpayer", "tenant", "created_by")
    invoice = get_object_or_404(rows, pk=pk)
    labels = dict(ReceivedInvoice.State.choices)
    context = {
        "invoice": invoice,
        "result": RESULTS.get(Verdict(invoice.check_result)) if invoice.check_result else None,
        "moves": [(value, labels[value]) for value in MOVES[str(invoice.usage)]],
        "can_act": _can_act(request),
        "error": error,
    }
    return page(request, "invoicing/received/detail.html", context, status=error.status if error else 200)


def _own(request: ConsoleRequest) -> QuerySet[ReceivedInvoice]:
    return ReceivedInvoice.objects.filter(tenant__account=request.account)


def _buyers(request: ConsoleRequest) -> QuerySet[Taxpayer]:
    return Taxpayer.objects.bound().filter(tenant__account=request.account).order_by("name", "pk")


def _can_act(request: ConsoleRequest) -> bool:
    return Right.MANAGE_INVOICES in rights_of(request.actor, request.account)


def _narrowed(rows: QuerySet[ReceivedInvoice], asked: dict[str, Any]) -> QuerySet[ReceivedInvoice]:
    if words := asked.get("q"):
        rows = rows.filter(Q(number__startswith=words) | Q(seller_name__icontains=words) | Q(seller_tax_number=words))
    for name in ("tenant", "usage", "check_state"):
        if name in asked:
            rows = rows.filter(**{name: asked[name]})
    return rows
