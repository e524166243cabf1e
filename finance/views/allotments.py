"""Allotting to one member and recalling from it: limits first, then the amount, then a code where it is needed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.clearance import needs_code, own_account
from accounts.forms.base import typed
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Relationship
from accounts.permissions import Point, Right
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.web import page
from finance import foresight
from finance.flows import flow_of
from finance.forms.allotments import MoveForm
from finance.forms.base import show_at_amount
from finance.models import Allotment
from finance.money import parse_amount
from finance.services.allotments import CODE_PURPOSE, NotLinked, allot_funds, code_limit, recall_funds, recallable_of
from finance.services.ledger import funds_of
from finance.views.codes import CodeWanted, unless_code

ALLOT, RECALL = Allotment.Direction.ALLOT, Allotment.Direction.RECALL


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def allot(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Cash to a member."""
    return _move(request, pk=pk, direction=ALLOT)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def recall(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Cash back from it."""
    return _move(request, pk=pk, direction=RECALL)


def _move(request: ConsoleRequest, *, pk: int, direction: str) -> HttpResponse:
    """A form that is sent twice leads to the one result twice; a code is asked for only where it can lead to one."""
    relationship = _linked(request, pk)
    preview = "finance:recall-preview" if direction == RECALL else "finance:allotment-preview"
    first = {"amount": request.GET.get("amount", "")}
    form = MoveForm(typed(request), preview=reverse(preview, args=[pk]), initial=first)
    if not form.is_bound or not form.is_valid():
        return _page(request, relationship, direction, form, status=422 if form.is_bound else 200)
    act, sent = allot_funds if direction == ALLOT else recall_funds, form.cleaned_data
    try:
        done = unless_code(lambda: act(actor=request.actor, relationship_id=pk, **sent))
    except CodeWanted:
        problem = foresight.foresee_total(foresight.allottable_of(request.account), sent["amount"])
        if problem is None:
            return _ask_code(request, pk=pk, direction=direction)
        return _page(request, relationship, direction, form, status=show_at_amount(form, problem))
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return _page(request, relationship, direction, form, status=show_at_amount(form, error))
    return redirect("finance:allotment-result", done.pk)


@needs_code(CODE_PURPOSE, own_account)
def _ask_code(request: ConsoleRequest, *, pk: int, direction: str) -> HttpResponse:
    """Opens only when a code was passed in the meantime."""
    return _move(request, pk=pk, direction=direction)


def _linked(request: ConsoleRequest, pk: int) -> Relationship:
    relationship = managed(request.account, pk)
    if not relationship.is_in_force:
        raise NotLinked()
    return relationship


def _page(
    request: ConsoleRequest, relationship: Relationship, direction: str, form: MoveForm, *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "relationship": relationship,
        "recalling": direction == RECALL,
        "code_limit": code_limit(account=request.account),
        **_limits(relationship),
    }
    return page(request, "finance/allotments/move.html", context, status=status)


def _limits(relationship: Relationship) -> dict[str, Any]:
    """What there is on both sides; the member's free balance only where it shows it (K1.2)."""
    shown = relationship.grants(Point.VIEW_BALANCE)
    recallable = recallable_of(relationship=relationship)
    free = funds_of(account=relationship.member).free if shown else None
    return {
        "allottable": foresight.allottable_of(relationship.manager),
        "recallable": recallable,
        "free": free,
        "recall_most": recallable if free is None else max(recallable * 0, min(recallable, free)),
    }


@require_safe
@needs(Right.MOVE_FUNDS)
def preview(request: ConsoleRequest, pk: int, direction: str) -> HttpResponse:
    """What both sides would have afterwards, while the amount is being typed."""
    relationship = _linked(request, pk)
    try:
        amount = parse_amount(request.GET.get("amount", ""))
    except InputError:
        return page(request, "finance/allotments/_preview.html", {}, part="_preview.html")
    limits, recalling = _limits(relationship), direction == RECALL
    moved = -amount if recalling else amount
    context = {
        "relationship": relationship,
        "recalling": recalling,
        "amount": amount,
        **limits,
        "own_after": limits["allottable"] - moved,
        "held_after": limits["recallable"] + moved,
        "too_much": amount > (limits["recall_most"] if recalling else limits["allottable"]),
        "needs_code": foresight.needs_code(request.account, direction, amount),
    }
    return page(request, "finance/allotments/_preview.html", context, part="_preview.html")


@require_safe
@needs(Right.SEE_FINANCE)
def result(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What was done, for either side; the same however often the form was sent."""
    found = Allotment.objects.visible_to(request.account).select_related("manager", "member", "relationship")
    allotment = get_object_or_404(found, pk=pk)
    context = {
        "allotment": allotment,
        "flow": flow_of(request.account, allotment),
        "managing": allotment.manager_id == request.account.pk,
        "recalling": allotment.direction == RECALL,
        "allottable": foresight.allottable_of(request.account),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/allotments/result.html", context)
