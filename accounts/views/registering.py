"""Registering a linked account in two steps: the form, then the permissions (K5)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import drafts, limits, policy
from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.members import RegisterForm
from accounts.forms.permissions import TermsForm
from accounts.guards import certified, needs
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode, Relationship
from accounts.permissions import Right
from accounts.services.relationships import register_member
from accounts.services.signup import check_new_login
from accounts.terms import offered_points
from config.sealing import seal, unseal
from config.web import page

DRAFT = "register-member"
LOGIN_FIELDS = ("username", "name", "mobile")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_LINKS)
@certified
@needs_code(OneTimeCode.Purpose.REGISTER_MEMBER, own_account)
def start(request: ConsoleRequest) -> HttpResponse:
    """Step 1 (K5.2, K5.5). The password waits for step 2 sealed, and only as long as the code does."""
    before = drafts.read(request, DRAFT) or {}
    initial = {"enterprise_id": request.account.enterprise_id} | {name: before.get(name, "") for name in LOGIN_FIELDS}
    form = RegisterForm(request.POST or None, initial=initial, manager=request.account)
    tried = attempt(request, form, lambda: _check(request, form.cleaned_data))
    if tried.done:
        sealed = {"password": seal(form.cleaned_data["password"], purpose=DRAFT)}
        drafts.keep(request, DRAFT, **{**form.cleaned_data, **sealed})
        return redirect("accounts:member-register-terms")
    context = {"form": form, "steps": _steps(), "now": 1}
    return page(request, "accounts/members/register.html", context, status=tried.status)


def _check(request: ConsoleRequest, typed: dict[str, Any]) -> None:
    limits.new_names(request.account.pk)
    check_new_login(**_login(typed))


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_LINKS)
@certified
def terms(request: ConsoleRequest) -> HttpResponse:
    """Step 2. Sent twice, it leads to the account that the first time made."""
    draft = drafts.read(request, DRAFT)
    if (made := _made(request, draft)) is not None:
        drafts.drop(request, DRAFT)
        return redirect("accounts:member-detail", made.pk)
    if draft is None:
        return redirect("accounts:member-register")
    password = unseal(draft["password"], purpose=DRAFT, seconds=int(policy.CLEARANCE_LIFE.total_seconds()))
    if password is None:
        messages.info(request, _("For safety the password is kept for a few minutes only. Please enter it again."))
        return redirect("accounts:member-register")
    return _terms(request, {**draft, "password": password})


@needs_code(OneTimeCode.Purpose.REGISTER_MEMBER, own_account)
def _terms(request: ConsoleRequest, typed: dict[str, Any]) -> HttpResponse:
    form = TermsForm(request.POST or None, offered=offered_points(Relationship.Kind.GROUP))
    tried = attempt(
        request,
        form,
        lambda: register_member(
            actor=request.actor,
            manager=request.account,
            enterprise_id=typed["enterprise_id"],
            points=form.terms.points,
            **_login(typed),
        ),
    )
    if tried.result is not None:
        messages.success(request, _("The account has been created and is linked with yours."))
        return redirect("accounts:member-detail", tried.result.pk)
    context = {"form": form, "steps": _steps(), "now": 2, "typed": typed}
    return page(request, "accounts/members/register_terms.html", context, status=tried.status)


def _login(typed: dict[str, Any]) -> dict[str, Any]:
    return {name: typed[name] for name in (*LOGIN_FIELDS, "password")}


def _made(request: ConsoleRequest, draft: dict[str, Any] | None) -> Relationship | None:
    """What this person has just made out of this draft."""
    if draft is None:
        return None
    return Relationship.objects.filter(
        manager=request.account,
        member__username=draft["username"],
        origin=Relationship.Origin.REGISTERED,
        created_by=request.user,
        created_at__gt=timezone.now() - policy.DRAFT_LIFE,
    ).first()


def _steps() -> list[str]:
    return [_("Registration form"), _("Permissions")]
