"""Changing who pays: conditions, what they mean, a code, the member's answer; withdrawing and ending."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempt import attempt
from accounts.clearance import needs_code, own_relationship
from accounts.forms.base import Confirmation, show, typed
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode, Relationship
from accounts.permissions import Right
from accounts.services.relationships import NotInForce
from config.errors import InputError, NotFound
from config.web import page
from finance.cycles import day_start
from finance.forms.trusteeships import ConsentForm, EndForm, TrustForm
from finance.models import Trust
from finance.services.trusteeships import (
    NotBegun,
    TrustClosed,
    accept_trust,
    check_conditions,
    end_trust,
    keep_trust,
    propose_trust,
    refuse_trust,
    withdraw_trust,
)
from finance.timelines import row_of, turns
from finance.trust_rules import blockers, consequences
from finance.views.modes import show_own

STEPS = (
    gettext_lazy("Conditions"),
    gettext_lazy("Look it over"),
    gettext_lazy("Code"),
    gettext_lazy("Answer of the account"),
)
SWITCH = OneTimeCode.Purpose.SWITCH_PAYING


@require_safe
@needs(Right.MOVE_FUNDS)
def conditions(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What stands in the way; where nothing does, the conditions are chosen."""
    return _conditions(request, _linked(request, pk), TrustForm())


def _conditions(
    request: ConsoleRequest, relationship: Relationship, form: TrustForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "relationship": relationship,
        "form": form,
        "steps": STEPS,
        "blockers": list(blockers(relationship, at=now, reader=request.account)),
    }
    return page(request, "finance/modes/conditions.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def review(request: ConsoleRequest, pk: int) -> HttpResponse:
    """From when on who would pay, what follows, then a code; sent, the member is asked."""
    relationship, now = _linked(request, pk), timezone.now()
    form = TrustForm(request.POST if request.method == "POST" else request.GET)
    if not _fits(form, now) or any(blockers(relationship, at=now, reader=request.account)):
        return _conditions(request, relationship, form, status=422 if form.errors else 409)
    if request.method == "POST":
        return _send(request, pk=pk)
    return _review(request, relationship, form)


def _fits(form: TrustForm, now: datetime) -> bool:
    if form.is_valid():
        try:
            check_conditions(starts_on=form.cleaned_data["starts_on"], cap=form.cleaned_data["cap"], at=now)
        except InputError as error:
            show(form, error)
    return not form.errors


def _review(request: ConsoleRequest, relationship: Relationship, form: TrustForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    chosen = form.conditions
    found = consequences(relationship, at=now, reader=request.account, from_cash=chosen["from_cash"], cap=chosen["cap"])
    context = {
        "relationship": relationship,
        "form": form,
        "steps": STEPS,
        "chosen": chosen,
        "start": _chosen_start(chosen["starts_on"], now),
        "turns": turns(_chosen_start(chosen["starts_on"], now) or now),
        "consequences": list(found),
    }
    return page(request, "finance/modes/review.html", context, status=status)


@needs_code(SWITCH, own_relationship)
def _send(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    form = TrustForm(request.POST)
    act = attempt(request, form, lambda: propose_trust(actor=request.actor, relationship_id=pk, **form.conditions))
    if not act.done:
        return _conditions(request, _linked(request, pk), form, status=act.status)
    if act.result is not None and act.result.state == Trust.State.PROPOSED:
        messages.success(request, _("The account has been asked. It has 48 hours to answer."))
    else:
        messages.success(request, _("You pay for this account from the chosen day on."))
    return redirect("finance:mode-detail", pk)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def end(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The last day is chosen, or it ends now; each product follows with its next period (A2.15)."""
    relationship = managed(request.account, pk)
    form = EndForm(typed(request))
    if not form.is_bound or not form.is_valid():
        return _end_page(request, relationship, form, status=422 if form.is_bound else 200)
    _running(relationship)
    return _end(request, pk=pk)


@needs_code(SWITCH, own_relationship)
def _end(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    relationship = managed(request.account, pk)
    form, trust = EndForm(request.POST), _running(relationship)
    act = attempt(request, form, lambda: end_trust(actor=request.actor, trust_id=trust.pk, **form.cleaned_data))
    if not act.done:
        return _end_page(request, relationship, form, status=act.status)
    messages.success(request, _("From the chosen day on the account pays for itself."))
    return redirect("finance:mode-detail", pk)


def _end_page(request: ConsoleRequest, relationship: Relationship, form: EndForm, *, status: int = 200) -> HttpResponse:
    context = {
        "relationship": relationship,
        "trust": _running(relationship),
        "form": form,
        "turns": turns(timezone.now()),
    }
    return page(request, "finance/modes/end.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def withdraw(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What has had no effect yet is taken back."""
    relationship = managed(request.account, pk)
    trust = row_of(relationship, now=timezone.now()).mode.trust
    if trust is None:
        raise TrustClosed(Trust.State.WITHDRAWN)
    form = Confirmation(typed(request))
    act = attempt(request, form, lambda: withdraw_trust(actor=request.actor, trust_id=trust.pk))
    if act.done:
        messages.success(request, _("It was withdrawn. Nothing changes: the account pays for itself."))
        return redirect("finance:mode-detail", pk)
    context = {"relationship": relationship, "trust": trust, "form": form}
    return page(request, "finance/modes/withdraw.html", context, status=act.status)


@require_POST
@needs(Right.MOVE_FUNDS)
def keep(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A planned end is taken back."""
    keep_trust(actor=request.actor, trust_id=_running(managed(request.account, pk)).pk)
    messages.success(request, _("The planned end was taken back. You go on paying for this account."))
    return redirect("finance:mode-detail", pk)


@require_POST
@needs(Right.ANSWER_INVITATIONS)
def accept(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The member agrees, having read the dates (A2.20)."""
    trust, form = _own(request, pk), ConsentForm(request.POST)
    act = attempt(request, form, lambda: accept_trust(actor=request.actor, trust_id=trust.pk))
    if not act.done:
        return show_own(request, form=form, status=act.status)
    messages.success(request, _("You have agreed. From the day shown on, your manager pays for this account."))
    return redirect("finance:mode-own")


@require_POST
@needs(Right.ANSWER_INVITATIONS)
def refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The member goes on paying for itself."""
    refuse_trust(actor=request.actor, trust_id=_own(request, pk).pk)
    messages.success(request, _("You have refused. You pay for yourself as before."))
    return redirect("finance:mode-own")


def _linked(request: ConsoleRequest, pk: int) -> Relationship:
    relationship = managed(request.account, pk)
    if not relationship.is_in_force:
        raise NotInForce()
    return relationship


def _running(relationship: Relationship) -> Trust:
    """The trusteeship in force, or the reason why there is none to end."""
    mode = row_of(relationship, now=timezone.now()).mode
    if mode.stage in {"proposed", "coming"}:
        raise NotBegun()
    if mode.trust is None:
        raise TrustClosed(Trust.State.ENDED)
    return mode.trust


def _chosen_start(starts_on: date | None, now: datetime) -> datetime | None:
    """The chosen day, if it lies ahead."""
    return day_start(starts_on) if starts_on and day_start(starts_on) > now else None


def _own(request: ConsoleRequest, pk: int) -> Trust:
    """The trusteeship in which the current account is the member, or 404."""
    trust = Trust.objects.filter(member=request.account, pk=pk).first()
    if trust is None:
        raise NotFound()
    return trust
