"""Issued invoices: the account's own, its members', its business systems'; one of them, its files, its letter."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Account
from accounts.navigation import address
from accounts.permissions import Point, Right
from accounts.services.looks import note_look
from config.errors import DomainError, NotAllowed, NotFound
from config.nav import NavItem
from config.paging import paginate
from config.web import page
from invoicing import limits, policy
from invoicing.forms.invoices import InvoiceFilter, MemberInvoiceFilter, SendForm, UseForm
from invoicing.invoice_files import file_of, printed_of
from invoicing.invoice_reports import (
    Seen,
    figures_of,
    narrowed,
    of_members,
    of_systems,
    own,
    rows_of,
    seen_invoice,
)
from invoicing.models import Invoice, InvoiceUse, RedLetter, Tenant
from invoicing.reversals import lines_left, statuses_of
from invoicing.services.invoices import clear_use, mark_use, send_invoice
from invoicing.sides import side_at

LETTERS_SHOWN = 20  # the latest, on the page of an invoice


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """For the account's own spending, newest first."""
    return _list(request, own(request.account), InvoiceFilter(request.GET), "invoice-list")


@require_safe
@needs(Right.SEE_FINANCE)
def members(request: ConsoleRequest) -> HttpResponse:
    """Of all members that show theirs (K7.4)."""
    return _list(request, of_members(request.account), MemberInvoiceFilter(request.GET), "member-invoice-list")


@require_safe
@needs(Right.SEE_FINANCE)
def systems(request: ConsoleRequest) -> HttpResponse:
    """Issued by business systems through the invoice cloud."""
    return _list(request, of_systems(request.account), InvoiceFilter(request.GET), "system-invoice-list")


def _list(request: ConsoleRequest, found: "QuerySet[Invoice]", filters: InvoiceFilter, name: str) -> HttpResponse:
    fitting = narrowed(found, filters.asked)
    rows = paginate(fitting.select_related("account"), request, order=("-id",))
    context = {
        "filter": filters,
        "page": rows,
        "rows": rows_of(rows),
        "figures": figures_of(fitting),
        "of": name.partition("-invoice")[0] if name != "invoice-list" else "own",
        "tabs": _tabs(request.account, name),
    }
    return page(request, "invoicing/issued/list.html", context, part="_listed.html")


def _tabs(account: Account, now: str) -> list[NavItem]:
    names = {"invoice-list": _("Own invoices"), "member-invoice-list": _("Members' invoices")}
    if now == "system-invoice-list" or Tenant.objects.filter(account=account).exists():
        names["system-invoice-list"] = _("From business systems")
    return [NavItem(label, reverse(f"invoicing:{name}"), current=name == now) for name, label in names.items()]


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The face, its files, what was taken back of it. A member sees in its log that somebody looked."""
    seen = _seen(request, pk)
    return page(request, "invoicing/issued/detail.html", _context(request, seen))


@require_safe
@needs(Right.SEE_FINANCE)
def preview(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The face alone, into the list that asks for it; as a page of its own, all of it."""
    if not request.htmx:
        return redirect("invoicing:invoice-detail", pk)
    seen = _seen(request, pk)
    return page(request, "invoicing/issued/_preview.html", face_context(seen.invoice), part="_preview.html")


def _seen(request: ConsoleRequest, pk: int) -> Seen:
    seen = seen_invoice(request.account, pk)
    if seen.link is not None:
        note_look(actor=request.actor, relationship=seen.link, page="invoices", point=Point.VIEW_INVOICES)
    return seen


def face_context(invoice: Invoice) -> dict[str, Any]:
    """What the drawn face takes."""
    printed = printed_of(invoice)
    return {
        "invoice": invoice,
        "printed": printed,
        "lines": list(islice(printed.rows, policy.LINES_SHOWN)),
        "more": max(0, len(printed.face.lines) - policy.LINES_SHOWN),
    }


def _context(request: ConsoleRequest, seen: Seen) -> dict[str, Any]:
    invoice = seen.invoice
    may = seen.link is None and Right.MANAGE_INVOICES in rights_of(request.actor, request.account)
    used = getattr(invoice, "use", None)
    now, letters = timezone.now(), RedLetter.objects.filter(invoice=invoice)
    left = not invoice.reverses and any(not one.is_empty for one in lines_left(invoice))
    side = side_at(invoice, request.account) if may else ""
    return {
        **face_context(invoice),
        "seen": seen,
        "status": statuses_of([invoice]).get(invoice.pk),
        "letters": [(one, one.state_at(at=now)) for one in letters.order_by("-id")[:LETTERS_SHOWN]],
        "reds": list(Invoice.objects.filter(reverses=invoice).order_by("-id")[:LETTERS_SHOWN]),
        "letters_page": address("invoicing:red-letter-list"),
        "used": used,
        "may_send": side == RedLetter.Side.SELLER or (may and seen.is_for_spending),
        "may_take_back": bool(side) and left,
        "may_use": may and seen.is_for_spending and (used is not None or left),
        "uses": InvoiceUse.Use.choices,
    }


@require_safe
@needs(Right.SEE_FINANCE)
def fetch(request: ConsoleRequest, pk: int, form: str) -> HttpResponse:
    """One of its files."""
    return file_of(_seen(request, pk).invoice, form).answer()


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def send(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A letter with a link to it goes to a mailbox."""
    seen = seen_invoice(request.account, pk)
    if seen.link is not None:
        raise NotFound()
    form = SendForm(typed(request), initial={"email": seen.invoice.issue_order.email or request.user.email})

    def act() -> Invoice:
        limits.invoice_sends(request.account.pk)
        sent = form.cleaned_data
        return send_invoice(actor=request.actor, account=request.account, invoice_id=pk, email=sent["email"])

    tried = attempt(request, form, act)
    if tried.done:
        messages.success(request, _("The letter is on its way to %(email)s.") % form.cleaned_data)
        return redirect("invoicing:invoice-detail", pk)
    context = {"invoice": seen.invoice, "form": form, "days": policy.LINK_LIFE.days}
    return page(request, "invoicing/issued/send.html", context, status=tried.status)


@require_POST
@needs(Right.MANAGE_INVOICES)
def use(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Marked as deducted or booked, or no longer."""
    form = UseForm(request.POST)
    if not form.is_valid():
        return redirect("invoicing:invoice-detail", pk)
    try:
        _mark(request, pk, form.cleaned_data["use"])
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("invoicing:invoice-detail", pk)


def _mark(request: ConsoleRequest, pk: int, wanted: str) -> None:
    if wanted:
        made = mark_use(actor=request.actor, account=request.account, invoice_id=pk, use=wanted)
        messages.success(request, _("The invoice is marked: %(use)s.") % {"use": made.get_use_display()})
    else:
        clear_use(actor=request.actor, account=request.account, invoice_id=pk)
        messages.success(request, _("The mark was removed."))
