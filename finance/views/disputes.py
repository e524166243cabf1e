"""Doubting a line of a statement, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import PointMissing
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from config.web import page
from finance import policy
from finance.forms.base import show_at_amount
from finance.forms.statements import DisputeForm
from finance.models import BillLine, Dispute
from finance.services.disputes import disputable_of, raise_dispute, withdraw_dispute
from finance.statement_reports import Seen, seen_statement


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def create(request: ConsoleRequest, pk: int) -> HttpResponse:
    """How much of the line is wrong, and why."""
    line = get_object_or_404(BillLine.objects.select_related("product", "owner"), pk=pk)
    seen = _seen(request, line.statement_id)
    most = disputable_of(line=line)
    form = DisputeForm(typed(request), initial={"amount": most})
    tried = attempt(
        request,
        form,
        lambda: raise_dispute(actor=request.actor, line_id=pk, through=seen.through, **form.cleaned_data),
        shown=show_at_amount,
    )
    if tried.done:
        messages.success(request, _("The line is disputed. You are told as soon as it is answered."))
        return redirect("finance:statement-detail", seen.statement.pk)
    context = {
        "form": form,
        "line": line,
        "most": most,
        "seen": seen,
        "statement": seen.statement,
        "days": policy.DISPUTE_ANSWER_WITHIN.days,
    }
    return page(request, "finance/disputes/create.html", context, status=tried.status)


@require_POST
@needs(Right.MOVE_FUNDS)
def withdraw(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Taken back."""
    dispute = get_object_or_404(Dispute, pk=pk)
    seen = _seen(request, dispute.statement_id)
    withdraw_dispute(actor=request.actor, dispute_id=pk, through=seen.through)
    messages.success(request, _("The dispute is withdrawn."))
    return redirect("finance:statement-detail", seen.statement.pk)


def _seen(request: ConsoleRequest, statement_id: int) -> Seen:
    seen = seen_statement(request.account, statement_id)
    if not seen.may(Point.CONFIRM_STATEMENT):
        raise PointMissing(Point.CONFIRM_STATEMENT)
    return seen
