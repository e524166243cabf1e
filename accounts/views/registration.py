"""A new login: number, code, details (S2.5)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts import limits
from accounts.attempt import attempt
from accounts.entering import enter, wanted
from accounts.forms.base import typed
from accounts.forms.registration import DetailsForm, NumberForm
from accounts.models import User
from accounts.proof import NumberProof, registering
from accounts.services.codes import CodeNeeded
from accounts.services.signup import register
from accounts.views import numbers
from config.web import client_address, page

FLOW = numbers.Flow(
    proof=registering,
    start="accounts:register",
    code="accounts:register-code",
    send="accounts:register-code-send",
    after="accounts:register-details",
    start_template="accounts/registration/number.html",
    code_template="accounts/registration/code.html",
    steps=(_("Mobile number"), _("Code"), _("Your login")),
)


@login_not_required
def number(request: HttpRequest) -> HttpResponse:
    """Step 1. Where the person was going is kept until the end."""
    if request.user.is_authenticated:
        return redirect(wanted(request) or "accounts:home")
    proof = registering(request)
    if target := wanted(request):
        proof.keep(next=target)
    form = NumberForm(typed(request), initial={"mobile": proof.mobile})
    return numbers.begin(request, FLOW, form, {"next": proof.kept.get("next", "")})


@login_not_required
def code(request: HttpRequest) -> HttpResponse:
    """Step 2."""
    return numbers.ask_code(request, FLOW)


@login_not_required
@require_POST
def code_send(request: HttpRequest) -> HttpResponse:
    """Step 2, again."""
    return numbers.send_again(request, FLOW)


@login_not_required
@sensitive_post_parameters("password")
def details(request: HttpRequest) -> HttpResponse:
    """Step 3. A number that has a login already learns so here, where it is proved, and nowhere sooner."""
    proof = registering(request)
    if not proof.passed:
        return redirect("accounts:register-code")
    if known := User.objects.filter(mobile=proof.mobile).first():
        return page(request, "accounts/registration/known.html", {"known": known, "next": proof.kept.get("next", "")})
    form = DetailsForm(typed(request), initial=proof.kept)
    tried = attempt(request, form, lambda: _register(request, proof, form))
    if tried.result is not None:
        return tried.result
    return page(
        request, "accounts/registration/details.html", {"form": form, "now": 3, "flow": FLOW}, status=tried.status
    )


def _register(request: HttpRequest, proof: NumberProof, form: DetailsForm) -> HttpResponse:
    limits.registrations(client_address(request))
    given = {name: form.cleaned_data[name] for name in ("username", "name", "email")}
    try:
        user = register(
            mobile=proof.mobile,
            password=form.cleaned_data["password"],
            address=client_address(request),
            **given,
        )
    except CodeNeeded:
        proof.keep(**given)
        proof.start_over()
        messages.warning(request, _("The code was good for 15 minutes. Please confirm your number once more."))
        return redirect("accounts:register-code")
    target = proof.kept.get("next", "")
    proof.forget()
    messages.success(request, _("Welcome. Your login and your account are ready."))
    return enter(request, user, target=target)


@login_not_required
@require_GET
def agreement(request: HttpRequest) -> HttpResponse:
    """What a new person accepts."""
    return page(request, "accounts/registration/agreement.html")
