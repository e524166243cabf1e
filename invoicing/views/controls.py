"""Who asks for invoices: proposed to a member, answered by it, ended by either (A3.4, A3.5)."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from config.paging import paginate
from config.web import page
from invoicing.forms.controls import ControlForm
from invoicing.models import InvoiceControl
from invoicing.services import controls


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What was agreed or is being asked, from both sides; the latest first."""
    found = InvoiceControl.objects.of(request.account)
    joined = found.select_related("relationship__manager", "relationship__member")
    context = {
        "page": paginate(joined, request, order=("-id",)),
        "in_force": controls.control_over(account=request.account),
        "can_act": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/controls/list.html", context, part="_rows.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def propose(request: ConsoleRequest, pk: int) -> HttpResponse:
    """By a common title; the member then answers."""
    link = managed(request.account, pk, Point.REQUEST_INVOICE)
    titles = list(controls.common_titles(relationship=link))
    form = ControlForm(typed(request), titles=titles)
    tried = attempt(
        request,
        form,
        lambda: controls.propose_control(
            actor=request.actor, relationship_id=pk, title_id=int(form.cleaned_data["title"])
        ),
    )
    if tried.done:
        messages.success(request, _("%(name)s has been asked.") % {"name": link.member.name})
        return redirect("invoicing:member-detail", pk)
    context = {"link": link, "titles": titles, "form": form}
    return page(request, "invoicing/controls/propose.html", context, status=tried.status)


@require_POST
@needs(Right.MANAGE_INVOICES)
def agree(request: ConsoleRequest, pk: int) -> HttpResponse:
    """By the member: its manager asks for all of its invoices from now on."""
    controls.agree_control(actor=request.actor, control_id=_asked(request, pk).pk)
    messages.success(request, _("Agreed. Your invoices are requested by your manager from now on."))
    return redirect("invoicing:control-list")


@require_POST
@needs(Right.MANAGE_INVOICES)
def refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """By the member: everything stays as it is."""
    controls.refuse_control(actor=request.actor, control_id=_asked(request, pk).pk)
    messages.success(request, _("Refused. You go on requesting your invoices yourself."))
    return redirect("invoicing:control-list")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def end(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks, then ends it, from either side; a proposal is taken back."""
    found = InvoiceControl.objects.of(request.account).select_related("relationship__manager", "relationship__member")
    theirs = Q(state=InvoiceControl.State.PROPOSED, relationship__member=request.account)  # that one is answered
    control = get_object_or_404(found.exclude(theirs), pk=pk)
    form = Confirmation(typed(request))
    tried = attempt(
        request, form, lambda: controls.end_control(actor=request.actor, control_id=pk, account=request.account)
    )
    if tried.done:
        messages.success(request, _("Ended. The account requests its invoices itself."))
        return redirect("invoicing:control-list")
    return page(request, "invoicing/controls/end.html", {"form": form, "control": control}, status=tried.status)


def _asked(request: ConsoleRequest, pk: int) -> InvoiceControl:
    """One in which this account is the member."""
    return get_object_or_404(InvoiceControl, relationship__member=request.account, pk=pk)
