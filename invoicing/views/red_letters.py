"""Red letters as an account sees them: begun, confirmed or refused, with their deadlines."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed, untyped
from accounts.guards import needs
from accounts.history import moments
from accounts.http import ConsoleRequest
from accounts.models import Event
from accounts.permissions import Right
from config.errors import DomainError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from invoicing import policy
from invoicing.forms.red_letters import BeginForm, RedLetterFilter
from invoicing.invoice_reports import seen_invoice
from invoicing.models import RedLetter
from invoicing.red_reports import joined, letters_of, lines_of, narrowed, seen_letter, shown
from invoicing.reversals import lines_left
from invoicing.services.red_answers import answer_red_letter, withdraw_red_letter
from invoicing.services.red_letters import begin_red_letter

HOURS = int(policy.RED_LETTER_LIFE.total_seconds() // 3600)


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """All over the account's invoices, newest first."""
    filters, now = RedLetterFilter(request.GET), timezone.now()
    found = narrowed(letters_of(request.account), filters.wanted("state"), account=request.account, at=now)
    rows = paginate(joined(found), request, order=("-id",))
    context = {"filter": filters, "page": rows, "rows": shown(rows, account=request.account, at=now), "hours": HOURS}
    return page(request, "invoicing/red_letters/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Its lines, its state and deadline, what happened, and what can be done."""
    row = seen_letter(request.account, pk)
    events = Event.objects.filter(subject_type=RedLetter._meta.label_lower, subject_id=pk).order_by("-id")
    context = {
        "row": row,
        "letter": row.letter,
        "lines": lines_of(row.letter, most=policy.LINES_SHOWN),
        "moments": moments(events.select_related("account", "counterpart"), viewer=request.account),
        "may": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
        "hours": HOURS,
    }
    return page(request, "invoicing/red_letters/detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def create(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Begun over all that is left of an invoice, or over parts of its lines; the other side is asked where it must."""
    seen = seen_invoice(request.account, pk)
    if seen.link is not None or seen.invoice.reverses_id is not None:
        raise NotFound()
    form = BeginForm(typed(request), left=lines_left(seen.invoice))
    tried = attempt(
        request,
        form,
        lambda: begin_red_letter(
            actor=request.actor, invoice_id=pk, reason=form.cleaned_data["reason"], parts=form.parts
        ),
    )
    if tried.result is not None:
        messages.success(request, _("The red letter %(number)s is on its way.") % {"number": tried.result.number})
        return redirect("invoicing:red-letter-detail", tried.result.pk)
    context = {"form": form, "invoice": seen.invoice, "seen": seen, "left": form.left, "hours": HOURS}
    return page(request, "invoicing/red_letters/create.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def answer(request: ConsoleRequest, pk: int, agrees: bool) -> HttpResponse:
    """What will follow, and the button that confirms or refuses."""
    row = seen_letter(request.account, pk)
    form = untyped(forms.Form) if request.method == "GET" else forms.Form(request.POST)
    tried = attempt(request, form, lambda: answer_red_letter(actor=request.actor, letter_id=pk, agrees=agrees))
    if tried.done:
        done = _("Confirmed: the red invoice is being issued.") if agrees else _("Refused: the invoice stays as it is.")
        messages.success(request, done)
        return redirect("invoicing:red-letter-detail", pk)
    if not row.is_asked and request.method == "GET":
        return redirect("invoicing:red-letter-detail", pk)
    context = {"row": row, "letter": row.letter, "agrees": agrees, "form": form}
    return page(request, "invoicing/red_letters/answer.html", context, status=tried.status)


@require_POST
@needs(Right.MANAGE_INVOICES)
def withdraw(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Taken back by who began it."""
    seen_letter(request.account, pk)
    try:
        withdraw_red_letter(actor=request.actor, letter_id=pk)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The red letter is withdrawn."))
    return redirect("invoicing:red-letter-detail", pk)
