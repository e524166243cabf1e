"""Many allotments or recalls at once: choose, amounts, confirm, result (K10.4)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.base import Confirmation
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import InputError
from config.web import page
from finance.forms.batches import StartForm, read_lines
from finance.forms.members import FundFilter
from finance.models import Allotment, Batch
from finance.money import ZERO
from finance.services.allotments import CODE_PURPOSE
from finance.services.batches import Outcome, Review, change_batch, outcomes_of, review_batch, send_batch, start_batch
from finance.views.codes import CodeWanted, unless_code
from finance.views.members import wanted

STEPS = [_("Accounts"), _("Amounts"), _("Confirm"), _("Result")]


@require_POST
@needs(Right.MOVE_FUNDS)
def start(request: ConsoleRequest) -> HttpResponse:
    """The ticked members, or all that fit the list's filter, go to the next step."""
    form = StartForm(request.POST)
    back = f"{reverse('finance:member-list')}?{request.POST.get('asked', '')}"
    if not form.is_valid():
        return redirect(back)
    try:
        lines = [{"relationship": pk} for pk in _chosen(request)]
        batch = start_batch(
            actor=request.actor, account=request.account, direction=form.cleaned_data["direction"], lines=lines
        )
    except InputError as error:
        messages.error(request, str(error))
        return redirect(back)
    return redirect("finance:batch-check", batch.pk)


def _chosen(request: ConsoleRequest) -> list[int]:
    if request.POST.get("all"):
        filters = FundFilter(QueryDict(request.POST.get("asked", "")))
        return list(wanted(request.account, filters).order_by("-id").values_list("pk", flat=True))
    return [line["relationship"] for line in read_lines({}, request.POST.getlist("member"))]


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def check(request: ConsoleRequest, pk: int) -> HttpResponse:
    """An amount for each, or one for all; what would be refused stands at its row before anything is sent."""
    batch = _own(request, pk)
    if not batch.is_open:
        return redirect("finance:batch-result", pk)
    if request.method == "POST":
        batch = change_batch(actor=request.actor, batch_id=pk, lines=_changed(request, batch))
        if request.POST.get("act") != "next":
            return redirect("finance:batch-check", pk)
    review = review_batch(batch=batch)
    if request.method == "POST" and review.can_be_sent:
        return redirect("finance:batch-confirm", pk)
    return _check_page(request, batch, review)


def _check_page(request: ConsoleRequest, batch: Batch, review: Review) -> HttpResponse:
    sent = request.method == "POST"
    context = {
        "batch": batch,
        "review": review,
        "recalling": batch.direction == Allotment.Direction.RECALL,
        "sent": sent,
        "steps": STEPS,
        "left": review.available - review.total,
    }
    return page(request, "finance/batches/check.html", context, status=422 if sent else 200)


def _changed(request: ConsoleRequest, batch: Batch) -> list[dict[str, Any]]:
    """The rows as typed, after what the pressed button does with them."""
    posted = request.POST
    ids = [name.removeprefix("amount-") for name in posted if name.startswith("amount-")]
    lines = [line for line in read_lines(posted, ids) if str(line["relationship"]) != posted.get("remove")]
    if posted.get("act") == "apply":
        lines = [{**line, "amount": posted.get("each", "")} for line in lines]
    if posted.get("act") == "recallable":
        most = {row.relationship.pk: row.most for row in review_batch(batch=batch).rows if row.most}
        lines = [{**line, "amount": f"{most[pk]:.2f}"} for line in lines if (pk := line["relationship"]) in most]
    return lines


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def confirm(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Totals once more, then it is sent; one that was sent shows its result."""
    batch = _own(request, pk)
    if not batch.is_open:
        return redirect("finance:batch-result", pk)
    return _confirm(request, batch)


def _confirm(request: ConsoleRequest, batch: Batch) -> HttpResponse:
    form = Confirmation(request.POST if request.method == "POST" else None)
    try:
        tried = attempt(request, form, lambda: unless_code(lambda: send_batch(actor=request.actor, batch_id=batch.pk)))
    except CodeWanted:
        return _ask_code(request, pk=batch.pk)
    if tried.done:
        return redirect("finance:batch-result", batch.pk)
    review = review_batch(batch=batch)
    if not review.can_be_sent:
        return redirect("finance:batch-check", batch.pk)
    context = {
        "batch": batch,
        "review": review,
        "form": form,
        "recalling": batch.direction == Allotment.Direction.RECALL,
        "steps": STEPS,
        "left": review.available - review.total,
    }
    return page(request, "finance/batches/confirm.html", context, status=tried.status)


@needs_code(CODE_PURPOSE, own_account)
def _ask_code(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    """Opens only when a code was passed in the meantime."""
    return _confirm(request, _own(request, pk))


@require_safe
@needs(Right.SEE_FINANCE)
def result(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What became of each row."""
    batch = _own(request, pk)
    if batch.is_open:
        return redirect("finance:batch-check", pk)
    outcomes = outcomes_of(batch=batch)
    done = [one for one in outcomes if one.allotment is not None]
    context = {
        "batch": batch,
        "outcomes": _refused_first(outcomes),
        "done": len(done),
        "refused": len(outcomes) - len(done),
        "total": sum((one.amount for one in done), ZERO),
        "recalling": batch.direction == Allotment.Direction.RECALL,
        "steps": STEPS,
    }
    return page(request, "finance/batches/result.html", context)


def _refused_first(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda one: one.allotment is not None)


def _own(request: ConsoleRequest, pk: int) -> Batch:
    found = Batch.objects.visible_to(request.account).select_related("account")
    return get_object_or_404(found, pk=pk)
