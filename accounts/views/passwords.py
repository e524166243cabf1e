"""Forgotten and changed passwords (S2.6, S2.7)."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.attempt import attempt
from accounts.entering import enter, wanted
from accounts.forms.base import typed
from accounts.forms.passwords import ChangePasswordForm, ForgottenForm, NewPasswordForm
from accounts.http import ConsoleRequest
from accounts.models import User
from accounts.proof import NumberProof, resetting
from accounts.services.codes import CodeNeeded
from accounts.services.signup import change_password, reset_password
from accounts.views import numbers
from config.web import client_address, page

FLOW = numbers.Flow(
    proof=resetting,
    start="accounts:password-forgot",
    code="accounts:password-forgot-code",
    send="accounts:password-forgot-code-send",
    after="accounts:password-forgot-new",
    start_template="accounts/passwords/number.html",
    code_template="accounts/passwords/code.html",
    steps=(_("Mobile number"), _("Code"), _("New password")),
)


@login_not_required
def forgot(request: HttpRequest) -> HttpResponse:
    """Step 1: whose. The answer is the same whether the number has a login or not."""
    proof = resetting(request)
    if target := wanted(request):
        proof.keep(next=target)
    form = ForgottenForm(typed(request), initial={"mobile": proof.mobile})
    return numbers.begin(request, FLOW, form, {"next": proof.kept.get("next", "")})


@login_not_required
def forgot_code(request: HttpRequest) -> HttpResponse:
    """Step 2: the code."""
    return numbers.ask_code(request, FLOW)


@login_not_required
@require_POST
def forgot_code_send(request: HttpRequest) -> HttpResponse:
    """Step 2, again."""
    return numbers.send_again(request, FLOW)


@login_not_required
@sensitive_post_parameters("password")
def forgot_new(request: HttpRequest) -> HttpResponse:
    """Step 3: the new password. It also activates a login that others added (S2.7)."""
    proof = resetting(request)
    if not proof.passed:
        return redirect("accounts:password-forgot-code")
    owner = User.objects.filter(mobile=proof.mobile, is_active=True).first()
    if owner is None:
        return page(request, "accounts/passwords/unknown.html", {"next": proof.kept.get("next", "")})
    form = NewPasswordForm(typed(request))
    tried = attempt(request, form, lambda: _reset(request, proof, form))
    if tried.result is not None:
        return tried.result
    context = {"form": form, "now": 3, "flow": FLOW, "owner": owner}
    return page(request, "accounts/passwords/new.html", context, status=tried.status)


def _reset(request: HttpRequest, proof: NumberProof, form: NewPasswordForm) -> HttpResponse:
    try:
        user = reset_password(
            mobile=proof.mobile, password=form.cleaned_data["password"], address=client_address(request)
        )
    except CodeNeeded:
        proof.start_over()
        messages.warning(request, _("The code was good for 15 minutes. Please confirm your number once more."))
        return redirect("accounts:password-forgot-code")
    limits.logins_passed(user.username)
    target = proof.kept.get("next", "")
    proof.forget()
    messages.success(request, _("Your new password is set. Every other log-in has ended."))
    return enter(request, user, target=target)


@sensitive_post_parameters("old", "new")
def change(request: ConsoleRequest) -> HttpResponse:
    """A new password by the old one; this log-in stays, every other ends."""
    form = ChangePasswordForm(typed(request))
    tried = attempt(request, form, lambda: _change(request, form))
    if tried.result is not None:
        return tried.result
    return page(request, "accounts/passwords/change.html", {"form": form}, status=tried.status)


def _change(request: ConsoleRequest, form: ChangePasswordForm) -> HttpResponse:
    limits.password_checks(request.user.pk)
    user = change_password(actor=request.actor, **form.cleaned_data, keep_session=request.session.session_key or "")
    update_session_auth_hash(request, user)
    messages.success(request, _("Your password is changed. Every other log-in has ended."))
    return redirect("accounts:profile")
