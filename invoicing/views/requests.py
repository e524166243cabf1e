"""Requests for invoices: the list, one with its story, cancelling."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.paging import paginate
from config.web import page
from invoicing.faces import Line
from invoicing.forms.requests import UNDER_WAY, RequestFilter
from invoicing.models import Invoice, InvoiceRequest
from invoicing.models.request import RequestQuerySet
from invoicing.request_lines import printed, shown_covers
from invoicing.request_reports import seen_request, story_of
from invoicing.services.requests import cancel_request

DIGITS_MAX = 18


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Those for the account, and those that it asked for on behalf of members; the latest first."""
    filters = RequestFilter(request.GET)
    found = narrowed(InvoiceRequest.objects.visible_to(request.account), filters)
    context = {
        "filter": filters,
        "page": paginate(found.select_related("account", "asked_by"), request, order=("-id",)),
        "can_ask": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/requests/list.html", context, part="_rows.html")


def narrowed(found: RequestQuerySet, filters: RequestFilter) -> RequestQuerySet:
    """Those that fit the filter."""
    match filters.wanted("state"):
        case "":
            pass
        case state if state == UNDER_WAY:
            found = found.under_way()
        case state:
            found = found.filter(state=state)
    if words := filters.wanted("q").strip():
        named = Q(title__name__icontains=words) | Q(account__name__icontains=words) | Q(account__number=words)
        number = words.upper().removeprefix("IR")
        if number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX:
            named |= Q(pk=int(number))
        found = found.filter(named)
    return found


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What was asked for, how far it is, and what happened."""
    seen = seen_request(request.account, pk)
    if seen.link is not None:
        note_look(actor=request.actor, relationship=seen.link, page="invoices", point=Point.VIEW_INVOICES)
    asked, invoice = seen.request, seen.invoice
    context = {
        "asked": asked,
        "seen": seen,
        "order": seen.order,
        "invoice": invoice,
        "invoice_page": _invoice_page(invoice),
        "lines": printed(Line.read(line) for line in asked.content["lines"]),
        "covers": shown_covers(asked.content["covers"]),
        "story": story_of(asked, request.account),
        "again": _again(request, asked),
        "can_cancel": seen.mine
        and asked.state == InvoiceRequest.State.SUBMITTED
        and Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/requests/detail.html", context)


def _again(request: ConsoleRequest, asked: InvoiceRequest) -> str:
    """Where whoever asked for a rejected one asks anew; empty for others."""
    mine = asked.asked_by_id == request.account.pk
    if not mine or Right.MANAGE_INVOICES not in rights_of(request.actor, request.account):
        return ""
    if asked.relationship is None:
        return reverse("invoicing:request-create")
    link = asked.relationship
    usable = link.grants(Point.REQUEST_INVOICE)
    return reverse("invoicing:member-request-create", args=[link.pk]) if usable else ""


def _invoice_page(invoice: Invoice | None) -> str:
    return reverse("invoicing:invoice-detail", args=[invoice.pk]) if invoice else ""


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def cancel(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks, then ends it; what it covered can be requested again."""
    seen = seen_request(request.account, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: cancel_request(actor=request.actor, request_id=pk, account=request.account))
    if tried.done:
        messages.success(request, _("The request is cancelled. What it covered can be requested again."))
        return redirect("invoicing:request-detail", pk)
    context = {"form": form, "asked": seen.request}
    return page(request, "invoicing/requests/cancel.html", context, status=tried.status)
