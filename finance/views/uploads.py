"""A list of accounts and amounts as a spreadsheet: the template, and the way of the filled one into a batch."""

import io

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from openpyxl import Workbook

from accounts.attempt import attempt
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from finance.forms.batches import UploadForm
from finance.models import Batch
from finance.services.batches import start_batch
from finance.spreadsheets import CSV_MARK, csv_line, read_rows
from finance.uploads import lines_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def upload(request: ConsoleRequest) -> HttpResponse:
    """Good rows go on to the amounts; the others are listed there with their numbers."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm(initial={"direction": "allot"})
    tried = attempt(request, form, lambda: _take(request, form))
    if tried.result is not None:
        return redirect("finance:batch-check", tried.result.pk)
    return page(request, "finance/batches/upload.html", {"form": form}, status=tried.status)


def _take(request: ConsoleRequest, form: UploadForm) -> Batch:
    file, direction = form.cleaned_data["file"], form.cleaned_data["direction"]
    rows = read_rows(file.name, file.read())
    lines, left_out = lines_of(request.account, direction, rows)
    return start_batch(
        actor=request.actor, account=request.account, direction=direction, lines=lines, left_out=left_out
    )


@require_safe
@needs(Right.MOVE_FUNDS)
def template(_request: ConsoleRequest, file_format: str) -> HttpResponse:
    """An empty list with its titles, and a line that shows how."""
    titles = [_("account user name or number"), _("amount"), _("note")]
    if file_format == "csv":
        response = HttpResponse(CSV_MARK + csv_line(titles), content_type="text/csv; charset=utf-8")
    else:
        book, file = Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet(_("List"))
        for column, width in zip("ABC", (28, 16, 36), strict=True):
            sheet.column_dimensions[column].width = width
        sheet.append(titles)
        book.save(file)
        response = HttpResponse(file.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="batch-template.{file_format}"'
    response.headers["Cache-Control"] = "no-store"
    return response
