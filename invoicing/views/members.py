"""Invoices of members, for their managers (K7.4, K7.6)."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Relationship
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.errors import DomainError
from config.paging import paginate
from config.web import page
from invoicing.models import Invoice, InvoiceControl, InvoiceRequest, Title
from invoicing.open_amounts import figures_of, picture_of
from invoicing.request_reports import members_shown, rows_of
from invoicing.services.controls import refuse_controlled
from invoicing.services.invoiceables import collect

RECENT = 10


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The members that let this account see invoices, each with what is open and who asks."""
    rows = paginate(members_shown(request.account), request, order=("-id",))
    context = {"page": rows, "rows": rows_of(list(rows))}
    return page(request, "invoicing/members/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One member's money that can be invoiced, its requests and invoices. It sees in its log that somebody looked."""
    link = managed(request.account, pk, Point.VIEW_INVOICES)
    note_look(actor=request.actor, relationship=link, page="invoices", point=Point.VIEW_INVOICES)
    collect(payer=link.member)
    requests = InvoiceRequest.objects.filter(account=link.member).select_related("account", "asked_by")
    can_ask = link.grants(Point.REQUEST_INVOICE) and Right.MANAGE_INVOICES in rights_of(request.actor, request.account)
    context = {
        "link": link,
        "row": rows_of([link])[0],
        "figures": figures_of(link.member),
        "picture": picture_of(link.member),
        "requests": list(requests.order_by("-id")[:RECENT]),
        "invoices": list(Invoice.objects.of(link.member).order_by("-id")[:RECENT]),
        "has_title": Title.objects.usable().filter(account=link.member).exists(),
        "can_ask": can_ask,
        "elsewhere": _elsewhere(request, link),
        "ended": InvoiceControl.objects.filter(relationship=link, ended_at__isnull=False).first(),
    }
    return page(request, "invoicing/members/detail.html", context)


def _elsewhere(request: ConsoleRequest, link: Relationship) -> str:
    """That another account asks for its invoices; not which."""
    try:
        refuse_controlled(account=link.member, asking=request.account)
    except DomainError as error:
        return str(error)
    return ""
