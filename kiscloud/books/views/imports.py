"""Vouchers from a spreadsheet, and into one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import ConsoleRequest
from config.errors import InputError, NotFound
from config.forms import refuse
from finance.spreadsheets import read_cells
from finance.worksheet import ROWS_MAX
from kiscloud.books import policy
from kiscloud.books.finding import find_vouchers
from kiscloud.books.forms.set_up import ImportForm
from kiscloud.books.forms.vouchers import VoucherFilter
from kiscloud.books.models import Line
from kiscloud.books.rights import Right
from kiscloud.books.services.imports import WrongRows, import_vouchers
from kiscloud.books.services.people import Place
from kiscloud.books.views.doors import address, draw, in_books
from kiscloud.books.views.files import FORMATS, as_file
from kiscloud.books.vouchers_in_files import EXAMPLE, TITLES, read_vouchers, written


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.EXCHANGE)
def upload(request: ConsoleRequest, place: Place) -> HttpResponse:
    """A file taken as a whole, or a reason for each row."""
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[tuple[int, str]] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                count = _taken(request, place, form)
            except WrongRows as error:
                problems = error.problems
                refuse(form, error)
            except InputError as error:
                refuse(form, error)
            else:
                messages.success(request, _("%(count)s vouchers were imported.") % {"count": count})
                return redirect(f"{address(place, 'voucher-list')}?state=saved")
    context = {"form": form, "problems": problems[:200], "titles": TITLES, "example": EXAMPLE}
    return draw(request, place, "books/vouchers/import.html", context, status=status)


def _taken(request: ConsoleRequest, place: Place, form: ImportForm) -> int:
    file = form.cleaned_data["file"]
    rows = read_cells(file.name, file.read(), columns=len(TITLES), most=policy.IMPORT_ROWS_MAX)
    vouchers = read_vouchers(rows)
    if not vouchers:
        raise InputError("file", _("There is no voucher in this file. Put one line into each row, below the titles."))
    if len(rows) > policy.IMPORT_ROWS_MAX:
        raise InputError("file", _("At most %(most)s rows can be imported at once."), most=policy.IMPORT_ROWS_MAX)
    return import_vouchers(actor=request.actor, account_set=place.account_set, vouchers=vouchers)


@require_safe
@in_books(Right.EXCHANGE)
def template(_request: ConsoleRequest, place: Place, file_format: str) -> HttpResponse:
    """An example to fill in."""
    if file_format not in FORMATS:
        raise NotFound()
    return as_file(place, pgettext("books", "Vouchers"), [TITLES, *EXAMPLE], file_format=file_format)


@require_safe
@in_books(Right.EXCHANGE)
def export(request: ConsoleRequest, place: Place, file_format: str) -> HttpResponse:
    """The lines of the vouchers that the list's filter (in the address) shows, as they can be imported again."""
    if file_format not in FORMATS:
        raise NotFound()
    form = VoucherFilter(request.GET, books=place.books)
    found = find_vouchers(place.account_set, form.asked)
    lines = Line.objects.filter(voucher__in=found).select_related("voucher", "subject", "item")
    ordered = lines.order_by("day", "voucher__word", "voucher__number", "voucher_id", "place")[:ROWS_MAX]
    return as_file(place, pgettext("books", "Vouchers"), written(ordered), file_format=file_format)
