"""Files of the fund flow and of bills: asked for, watched, fetched."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from accounts.services.looks import note_looks
from config.errors import DomainError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from finance.bills import members_looked_at
from finance.forms.bills import BillExportForm, BillFilter
from finance.forms.flows import ExportForm, FlowFilter
from finance.models import Export
from finance.services.exports import open_export, request_export
from finance.tables import TABLES

TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The account's files; while one is being written the list looks again by itself."""
    rows = paginate(Export.objects.visible_to(request.account).select_related("created_by"), request, order=("-id",))
    now = timezone.now()
    context = {
        "page": rows,
        "rows": [(export, export.can_be_fetched(at=now), _time_of(export.asked)) for export in rows],
        "under_way": any(export.finished_at is None for export in rows),
    }
    return page(request, "finance/exports/list.html", context, part="_rows.html")


def _time_of(asked: Mapping[str, str]) -> str:
    """Which month or days are in it; empty where it is all of them."""
    if month := asked.get("month"):
        return month[:7]
    since, until = asked.get("since", ""), asked.get("until", "")
    return f"{since} – {until}" if since or until else ""


@require_POST
@needs(Right.SEE_FINANCE)
def request_file(request: ConsoleRequest) -> HttpResponse:
    """A file of what the fund flow's filter (in the address) shows."""
    form, filters = ExportForm(request.POST), FlowFilter(request.GET)
    back = f"{reverse('finance:flow-list')}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    return _requested(request, back, file_format=form.cleaned_data["format"], asked=filters.asked)


@require_POST
@needs(Right.SEE_FINANCE)
def request_bills(request: ConsoleRequest) -> HttpResponse:
    """A file of what the filter of the bills (in the address) shows; of members' own bills it is noted."""
    form, filters = BillExportForm(request.POST), BillFilter(request.GET, account=request.account)
    back = f"{reverse('finance:bill-list')}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    subject, _dash, file_format = form.cleaned_data["file"].partition("-")
    seen = members_looked_at(request.account, filters.asked)
    note_looks(actor=request.actor, relationships=seen, page="bills", point=Point.VIEW_BILLS)
    return _requested(request, back, file_format=file_format, asked=filters.asked, subject=subject)


def _requested(request: ConsoleRequest, back: str, **wanted: Any) -> HttpResponse:
    try:
        request_export(actor=request.actor, account=request.account, **wanted)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, _("The file is being written. It waits here for a week."))
    return redirect("finance:export-list")


@require_safe
@needs(Right.SEE_FINANCE)
def fetch(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The file itself."""
    export, file = open_export(actor=request.actor, account=request.account, export_id=pk)
    day = timezone.localdate(export.created_at).isoformat()
    name = f"{TABLES[export.subject].slug}-{request.account.number}-{day}.{export.format}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[Export.Format(export.format)])
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # streamed, which the guards' type does not know
