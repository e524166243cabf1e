"""Change requests of the invoice cloud: choosing a form, filling it in, following it, answering for the other side."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from invoicing import limits
from invoicing.change_pages import Asked, cards, moments_of, steps_of, tenant_name
from invoicing.forms.changes import DeclineForm
from invoicing.models import ChangeRequest, Taxpayer
from invoicing.services.change_answers import agree_to_change, decline_change
from invoicing.services.change_fees import fee_of
from invoicing.services.changes import withdraw_change
from invoicing.services.moving import plan_of

Kind, State = ChangeRequest.Kind, ChangeRequest.State
RELATED = ("account", "tenant__account", "to_tenant__account", "taxpayer", "fee_order")


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What was asked for, by this account or about its tenants, and how it stands."""
    rows = ChangeRequest.objects.visible_to(request.account).select_related(*RELATED)
    context = {
        "page": paginate(rows, request),
        "waiting": list(ChangeRequest.objects.to_agree(request.account).select_related(*RELATED)[:10]),
        "can_act": _can_act(request),
    }
    return page(request, "invoicing/changes/list.html", context, part="_rows.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def add(request: ConsoleRequest) -> HttpResponse:
    """Which form, about which enterprise, then the form beside what it would move."""
    asked = Asked.read(request.GET, request.account)
    fee = fee_of(account=request.account, at=timezone.now())
    if asked.kind is None:
        context = {"cards": cards(asked), "fee": fee}
        return page(request, "invoicing/changes/choose.html", context)
    if asked.kind in ChangeRequest.FORMS and asked.taxpayer is None:
        return _pick(request, asked)
    return _fill_in(request, asked, fee)


def _pick(request: ConsoleRequest, asked: Asked) -> HttpResponse:
    """The account's enterprises, to choose one."""
    rows = Taxpayer.objects.bound().filter(tenant__account=request.account).select_related("tenant")
    context = {"page": paginate(rows, request), "kind": asked.kind, "label": asked.label}
    return page(request, "invoicing/changes/pick.html", context, part="_pick_rows.html")


def _fill_in(request: ConsoleRequest, asked: Asked, fee: object) -> HttpResponse:
    form = asked.form(typed(request))
    if request.method == "POST":
        limits.change_asks(request.account.pk)
    alike: list[Any] = []

    def shown(bound: forms.BaseForm, error: Any) -> int:
        alike.extend(getattr(error, "found", ()))
        return asked.show(bound, error)

    tried = attempt(request, form, lambda: asked.ask(request.actor, form), shown=shown)
    if tried.result is not None:
        messages.success(request, _("The request has arrived. Below stands what comes next."))
        return redirect("invoicing:change-detail", tried.result.pk)
    draft = asked.draft()
    context = {
        "asked": asked,
        "form": form,
        "plan": plan_of(change=draft, at=timezone.now()) if draft is not None else None,
        "alike": alike,
        "fee": fee if asked.kind == Kind.ISSUING else None,
        "tenants": asked.tenants,
    }
    return page(request, "invoicing/changes/form.html", context, status=tried.status)


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Where it stands, what it moves or moved, and what happened."""
    change = _visible(request, pk)
    mine, owns_source = change.account == request.account, change.tenant.account == request.account
    is_open, can_act = change.state in ChangeRequest.OPEN, _can_act(request)
    names, now = steps_of(change)
    now_at = timezone.now()
    context = {
        "change": change,
        "mine": mine,
        "from_name": tenant_name(change.tenant, change, request.account),
        "to_name": tenant_name(change.to_tenant, change, request.account),
        "plan": plan_of(change=change, at=now_at) if is_open and owns_source else None,
        "can_withdraw": can_act and mine and is_open,
        "lapsed": change.has_lapsed(at=now_at),
        "can_answer": can_act and not mine and change.state == State.TO_AGREE and not change.has_lapsed(at=now_at),
        "can_pay": can_act and mine and change.state == State.TO_PAY,
        "steps": names,
        "now": now,
        "moments": moments_of(change, request.account),
    }
    return page(request, "invoicing/changes/detail.html", context)


@require_POST
@needs(Right.MANAGE_INVOICES)
def withdraw(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Taken back."""
    withdraw_change(actor=request.actor, change_id=pk)
    messages.success(request, _("The request is withdrawn. Nothing has moved."))
    return redirect("invoicing:change-detail", pk)


@require_POST
@needs(Right.MANAGE_INVOICES)
def agree(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The other side says yes."""
    agree_to_change(actor=request.actor, change_id=pk)
    messages.success(request, _("You have agreed. Our support reviews it next; nothing has moved yet."))
    return redirect("invoicing:change-detail", pk)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def decline(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The other side says no, and why."""
    change = _visible(request, pk)
    form = DeclineForm(typed(request))
    answered = attempt(
        request, form, lambda: decline_change(actor=request.actor, change_id=pk, answer=form.cleaned_data["answer"])
    )
    if answered.done:
        messages.success(request, _("You have declined. Nothing moves."))
        return redirect("invoicing:change-detail", pk)
    return page(request, "invoicing/changes/decline.html", {"change": change, "form": form}, status=answered.status)


def _visible(request: ConsoleRequest, pk: int) -> ChangeRequest:
    rows = ChangeRequest.objects.visible_to(request.account).select_related(*RELATED)
    return get_object_or_404(rows, pk=pk)


def _can_act(request: ConsoleRequest) -> bool:
    return Right.MANAGE_INVOICES in rights_of(request.actor, request.account)
