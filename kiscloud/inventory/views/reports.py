"""收发存: all goods in a month, and one good line by line; each as a page and as a file."""

from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.paging import paginate
from finance.worksheet import ROWS_MAX, Cell
from kiscloud.books.forms.reports import MonthForm
from kiscloud.books.months import worded
from kiscloud.books.periods import as_choices
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.views.files import FORMATS, as_file
from kiscloud.inventory.models import DocumentLine, Good
from kiscloud.inventory.periods import months_with_documents
from kiscloud.inventory.reports.movements import (
    ORDER,
    Moved,
    goods_moved,
    lines_of,
    month_of_all,
    month_of_good,
    month_of_goods,
    tidy,
    with_balances,
)
from kiscloud.inventory.views.doors import draw, in_stock
from kiscloud.inventory.views.goods import good_of

Rows = Iterable[Sequence[Cell]]


def _file(request: ConsoleRequest, place: Place, title: str, rows: Callable[[], Rows]) -> HttpResponse | None:
    """The report as the file that was asked for; else nothing."""
    wanted = request.GET.get("format", "")
    return as_file(place, title, rows(), file_format=wanted) if wanted in FORMATS else None


def _month_form(request: ConsoleRequest, place: Place) -> MonthForm:
    return MonthForm(request.GET, books=place.books, months=as_choices(months_with_documents(place.books)))


@require_safe
@in_stock(Right.STOCK_VIEW)
def report(request: ConsoleRequest, place: Place) -> HttpResponse:
    """收发存汇总: each good in a month."""
    form = _month_form(request, place)
    month, account_set = form.chosen, place.account_set
    goods, total = goods_moved(account_set, month), month_of_all(account_set, month)
    title = f"{_('Stock movements')} {worded(month)}"
    file = _file(request, place, title, lambda: _report_rows(place, goods, total, month))
    if file is not None:
        return file
    page = paginate(goods, request, order=("code",))
    context = {
        "filter": form,
        "month": month,
        "page": page,
        "rows": month_of_goods(account_set, month, page),
        "total": total,
    }
    return draw(request, place, "inventory/reports/movements.html", context, part="_movements.html")


def _report_rows(place: Place, goods: "QuerySet[Good]", total: Moved, month: int) -> Rows:
    columns = (_("Opening"), pgettext("stock", "In"), pgettext("stock", "Out"), pgettext("stock", "Balance"))
    heads = [f"{column} {what}" for column in columns for what in (_("Quantity"), _("Amount"))]
    yield [pgettext("books", "Code"), _("Name"), _("Specification"), pgettext("stock", "Unit"), *heads]
    for good, moved in month_of_goods(place.account_set, month, goods.order_by("code")[:ROWS_MAX]):
        yield [good.code, good.name, good.specification, good.unit, *moved.cells]
    yields = [cell if place % 2 else "" for place, cell in enumerate(total.cells)]
    yield [pgettext("books", "Total"), "", "", "", *yields]


@require_safe
@in_stock(Right.STOCK_VIEW)
def ledger(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """收发存明细: what moved a good in a month, with what stands after each."""
    good = good_of(place, pk)
    form = _month_form(request, place)
    sums, found = month_of_good(good, form.chosen), lines_of(good, form.chosen)
    title = f"{_('Stock ledger')} {good.code} {worded(form.chosen)}"
    file = _file(request, place, title, lambda: _ledger_rows(found, sums))
    if file is not None:
        return file
    rows = paginate(found, request, order=ORDER)
    context = {
        "filter": form,
        "month": form.chosen,
        "good": good,
        "sums": sums,
        "page": rows,
        "entries": with_balances(found, list(rows), sums),
    }
    return draw(request, place, "inventory/goods/ledger.html", context, part="_ledger.html")


def _ledger_rows(found: "QuerySet[DocumentLine]", sums: Moved) -> Rows:
    columns = (pgettext("stock", "In"), pgettext("stock", "Out"), pgettext("stock", "Balance"))
    heads = [f"{column} {what}" for column in columns for what in (_("Quantity"), _("Amount"))]
    yield [_("Date"), pgettext("stock", "Document"), _("Kind"), _("Business partner"), *heads]
    yield ["", "", _("Opening"), "", "", "", "", "", tidy(sums.opening), sums.opening_value]
    for entry in with_balances(found, list(found.order_by(*ORDER)[:ROWS_MAX]), sums):
        line, document = entry.line, entry.line.document
        words = [line.day.isoformat(), str(document), str(document.get_kind_display())]
        figures: list[Cell] = [tidy(abs(line.moved)), abs(line.cost)]
        came = [*figures, "", ""] if line.moved > 0 else ["", "", *figures]
        partner = document.partner.name if document.partner else ""
        yield [*words, partner, *came, tidy(entry.quantity), entry.value]
