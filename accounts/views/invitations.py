"""Inviting an account in three steps: whom, with which permissions, then waiting for the answer (K4)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import drafts, limits
from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.invitations import InvitationTermsForm, StartForm
from accounts.guards import certified, needs
from accounts.http import ConsoleRequest
from accounts.models import Account, Delivery, Invitation, OneTimeCode, Relationship
from accounts.permissions import Inherit, Point, Right
from accounts.questions import right_for
from accounts.services.invitations import resend_invitation, send_invitation, withdraw_invitation
from accounts.targets import TargetCheck, check_target
from accounts.terms import Terms, offered_inherits, offered_points
from accounts.wording import change
from config.errors import NotFound
from config.web import page

DRAFT = "invitation"
SENT_KEY = "invitation_sent"
StepTwo = Callable[[ConsoleRequest, dict[str, Any]], HttpResponse]


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_LINKS)
@certified
@needs_code(OneTimeCode.Purpose.INVITE, own_account)
def start(request: ConsoleRequest) -> HttpResponse:
    """Step 1: account, remark, kind (K4.1, K4.3). What is wrong with the account is said at once (K3)."""
    form = StartForm(request.POST or None, initial=drafts.read(request, DRAFT))
    check, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            check = _look_up(request, form.cleaned_data["identifier"])
            if form.fit(check):
                drafts.keep(request, DRAFT, **form.cleaned_data)
                return redirect("accounts:invitation-terms")
    return _start_page(request, form, check, status=status)


@require_POST
@needs(Right.MANAGE_LINKS)
@certified
@needs_code(OneTimeCode.Purpose.INVITE, own_account)
def check(request: ConsoleRequest) -> HttpResponse:
    """Says while step 1 is being filled in whether this account can be invited, and as what."""
    form = StartForm(request.POST)
    found = _look_up(request, form.cleaned_data["identifier"]) if form.is_valid() else None
    if found is not None:
        form.offer(found)
    return _start_page(request, form, found)


def _look_up(request: ConsoleRequest, identifier: str) -> TargetCheck:
    limits.target_checks(request.account.pk)
    return check_target(request.account, identifier)


def _start_page(
    request: ConsoleRequest, form: StartForm, found: TargetCheck | None, *, status: int = 200
) -> HttpResponse:
    waiting = _waiting(request.account, found.target) if found and found.target else None
    context = {"form": form, "check": found, "waiting": waiting, "steps": _steps(), "now": 1}
    return page(request, "accounts/invitations/start.html", context, part="_check.html", status=status)


def with_draft(view: StepTwo) -> Callable[[ConsoleRequest], HttpResponse]:
    """Step 2 opens with what step 1 kept. Sent a second time, it leads to what the first time sent."""

    @wraps(view)
    def drafted(request: ConsoleRequest) -> HttpResponse:
        draft = drafts.read(request, DRAFT)
        if draft is None:
            sent = request.session.get(SENT_KEY) if request.method == "POST" else None
            return redirect("accounts:invitation-sent", sent) if sent else redirect("accounts:invitation-start")
        target = Account.objects.named(draft["identifier"]).first()
        if target is not None and (waiting := _waiting(request.account, target)) is not None:
            drafts.drop(request, DRAFT)
            return redirect("accounts:invitation-sent", waiting.pk)
        return view(request, draft)

    return drafted


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_LINKS)
@certified
@with_draft
@needs_code(OneTimeCode.Purpose.INVITE, own_account)
def terms(request: ConsoleRequest, draft: dict[str, Any]) -> HttpResponse:
    """Step 2: what is asked for, and the confirmation (K4.5, K6.6, K6.7); the kind may be given here, too (Q-2)."""
    found = check_target(request.account, draft["identifier"])
    if found.target is None or found.problem is not None:
        messages.warning(request, str(found.problem.sentence) if found.problem else "")
        return redirect("accounts:invitation-start")
    form = _terms_form(request, draft, found)
    tried = attempt(request, form, lambda: _send(request, draft, form))
    if tried.result is not None:
        drafts.drop(request, DRAFT)
        request.session[SENT_KEY] = tried.result.pk
        return redirect("accounts:invitation-sent", tried.result.pk)
    context = {"form": form, "check": found, "draft": draft, "steps": _steps(), "now": 2}
    return page(request, "accounts/invitations/terms.html", context, part="_asked.html", status=tried.status)


@require_POST
@needs(Right.MANAGE_LINKS)
@certified
@with_draft
@needs_code(OneTimeCode.Purpose.INVITE, own_account)
def preview(request: ConsoleRequest, draft: dict[str, Any]) -> HttpResponse:
    """What would be asked for as chosen so far, in words."""
    found = check_target(request.account, draft["identifier"])
    if found.target is None:
        return redirect("accounts:invitation-start")
    form = _terms_form(request, draft, found)
    form.is_valid()
    context = {"form": form, "check": found, "draft": draft, "steps": _steps(), "now": 2}
    return page(request, "accounts/invitations/terms.html", context, part="_asked.html")


def _terms_form(request: ConsoleRequest, draft: dict[str, Any], found: TargetCheck) -> InvitationTermsForm:
    kind = draft.get("kind") or (found.kinds[0] if len(found.kinds) == 1 else "")
    points: set[Point] = {point for each in found.kinds for point in offered_points(each)}
    inherits: list[Inherit] = []
    if found.target is not None and Relationship.Kind.GROUP in found.kinds:
        inherits = offered_inherits(Relationship.Kind.GROUP, request.account, found.target)
    return InvitationTermsForm(
        request.POST or None,
        check=found,
        offered=[point for point in Point if point in points],
        inheritable=inherits,
        initial={"kind": kind},
    )


def _send(request: ConsoleRequest, draft: dict[str, Any], form: InvitationTermsForm) -> Invitation:
    return send_invitation(
        actor=request.actor,
        manager=request.account,
        identifier=draft["identifier"],
        kind=form.cleaned_data["kind"],
        terms=form.terms,
        remark=draft.get("remark", ""),
    )


@require_safe
@needs(Right.SEE_FINANCE)
def sent(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Step 3: it is under way. Who was told, until when, and what comes next (K4.5, K4.8)."""
    invitation = _own(request.account, pk)
    relationship = invitation.relationship
    told = Delivery.objects.filter(
        event__subject_type=Invitation._meta.label_lower,
        event__subject_id=invitation.pk,
        event__kind__in=["invitation.sent", "invitation.resent", "change.sent"],
    ).select_related("event")
    context = {
        "invitation": invitation,
        "relationship": relationship,
        "state": invitation.state_at(),
        "told": told[:20],
        "steps": _steps() if invitation.purpose == Invitation.Purpose.LINK else None,
        "now": 3,
        "change": change(Terms.of(relationship), Terms.of(invitation)),
        "can_act": right_for(invitation.door) in rights_of(request.actor, request.account),
    }
    return page(request, "accounts/invitations/sent.html", context, part="_told.html")


@require_POST
@needs(Right.SEE_FINANCE)
def resend(request: ConsoleRequest, pk: int) -> HttpResponse:
    """New letters with new links; the deadline stays."""
    invitation = resend_invitation(actor=request.actor, invitation_id=_own(request.account, pk).pk)
    messages.success(request, _("New letters are on their way. The earlier links no longer work."))
    return redirect("accounts:invitation-sent", invitation.pk)


@require_POST
@needs(Right.SEE_FINANCE)
def withdraw(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The question is taken back."""
    relationship = withdraw_invitation(actor=request.actor, invitation_id=_own(request.account, pk).pk)
    messages.success(request, _("Withdrawn. The links in the letters no longer work."))
    return redirect("accounts:member-detail", relationship.pk)


def _own(account: Account, pk: int) -> Invitation:
    """A question that this account asked, or 404."""
    sides = ("relationship__manager__enterprise", "relationship__member__enterprise", "sent_by")
    invitation = Invitation.objects.filter(relationship__manager=account, pk=pk).select_related(*sides).first()
    if invitation is None:
        raise NotFound()
    return invitation


def _waiting(manager: Account, target: Account) -> Invitation | None:
    """The invitation that this account already has from this manager, if it can still be answered."""
    pair = Invitation.objects.open().filter(relationship__manager=manager, relationship__member=target)
    found = pair.filter(purpose=Invitation.Purpose.LINK).first()
    return found if found is not None and found.is_open() else None


def _steps() -> list[str]:
    return [_("Account"), _("Permissions"), _("Waiting for the answer")]
