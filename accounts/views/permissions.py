"""Changing what a link grants, within its kind (K7)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempt import attempt
from accounts.clearance import needs_code, own_relationship
from accounts.forms.permissions import TermsForm
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Invitation, OneTimeCode, Relationship
from accounts.permissions import Right
from accounts.services.relationships import NotInForce, request_change
from accounts.terms import Terms, offered_inherits, offered_points
from accounts.wording import Change, change
from config.web import page


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_LINKS)
def edit(request: ConsoleRequest, pk: int) -> HttpResponse:
    """While a change waits, that one is shown: one question at a time, and a form sent twice finds it."""
    relationship = managed(request.account, pk)
    if not relationship.is_in_force:
        raise NotInForce()
    if (waiting := _waiting(relationship)) is not None:
        messages.info(request, _("A change is waiting for the linked account. Withdraw it to ask for something else."))
        return redirect("accounts:invitation-sent", waiting.pk)
    return _edit(request, pk=pk)


@needs_code(OneTimeCode.Purpose.CHANGE_PERMISSIONS, own_relationship)
def _edit(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    relationship = managed(request.account, pk)
    form = _form(request, relationship)
    tried = attempt(request, form, lambda: request_change(actor=request.actor, relationship_id=pk, terms=form.terms))
    if tried.result is not None:
        waiting = _waiting(tried.result)
        if waiting is not None:
            return redirect("accounts:invitation-sent", waiting.pk)
        messages.success(request, _("The new permissions apply now."))
        return redirect("accounts:member-detail", pk)
    return _page(request, relationship, form, status=tried.status)


@require_POST
@needs(Right.MANAGE_LINKS)
def preview(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Old against new as chosen so far; nothing is asked yet."""
    relationship = managed(request.account, pk)
    form = _form(request, relationship)
    form.is_valid()
    return _page(request, relationship, form)


def _page(request: ConsoleRequest, relationship: Relationship, form: TermsForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "relationship": relationship, "change": _change(relationship, form)}
    return page(request, "accounts/permissions/edit.html", context, part="_change.html", status=status)


def _form(request: ConsoleRequest, relationship: Relationship) -> TermsForm:
    kind, manager, member = relationship.kind, relationship.manager, relationship.member
    return TermsForm(
        request.POST or None,
        offered=offered_points(kind),
        inheritable=offered_inherits(kind, manager, member),
        initial=TermsForm.initial_of(Terms.of(relationship)),
    )


def _change(relationship: Relationship, form: TermsForm) -> Change:
    """Nothing chosen yet, or nothing that can be asked, changes nothing."""
    old = Terms.of(relationship)
    chosen = form.terms if form.is_bound and form.chosen_points else old
    return change(old, Terms(chosen.points, chosen.inherits, old.console_role))


def _waiting(relationship: Relationship) -> Invitation | None:
    waiting = relationship.invitations.open().filter(purpose=Invitation.Purpose.CHANGE).first()
    return waiting if waiting is not None and waiting.is_open() else None
