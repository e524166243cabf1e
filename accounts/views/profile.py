"""A person's own data: name, number, door, language."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts import limits
from accounts.attempt import attempt
from accounts.entering import home_behind, remember_door, remember_language
from accounts.event_texts import personal_lines
from accounts.forms.base import typed
from accounts.forms.profile import MobileForm, NameForm
from accounts.http import ConsoleRequest
from accounts.models import User
from accounts.proof import NumberProof, changing
from accounts.services.logins import choose_door, choose_language
from accounts.services.signup import change_mobile, check_own_password, edit_profile
from accounts.views import numbers
from config.errors import DomainError
from config.web import own_address, page


@require_GET
def show_profile(request: ConsoleRequest) -> HttpResponse:
    """Who the person is here, what protects the login, and what happened to it lately."""
    roles = request.user.operates.select_related("account").order_by("pk")
    context = {"roles": roles, "lines": personal_lines(request.user, limit=8)}
    return page(request, "accounts/profile/profile.html", context)


def edit(request: ConsoleRequest) -> HttpResponse:
    """Another name."""
    form = NameForm(typed(request), initial={"name": request.user.name})
    tried = attempt(request, form, lambda: edit_profile(actor=request.actor, name=form.cleaned_data["name"]))
    if tried.done:
        messages.success(request, _("Your name is changed."))
        return redirect("accounts:profile")
    return page(request, "accounts/profile/edit.html", {"form": form}, status=tried.status)


def _own_proof(request: HttpRequest) -> NumberProof:
    return changing(request, cast(ConsoleRequest, request).user)


def _take_number(request: HttpRequest, proof: NumberProof) -> HttpResponse:
    number = proof.mobile
    proof.forget()
    try:
        change_mobile(actor=cast(ConsoleRequest, request).actor, mobile=number)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("accounts:mobile-change")
    messages.success(request, _("Your new number holds from now on. Codes go there."))
    return redirect("accounts:profile")


FLOW = numbers.Flow(
    proof=_own_proof,
    start="accounts:mobile-change",
    code="accounts:mobile-change-code",
    send="accounts:mobile-change-code-send",
    after="accounts:mobile-change",
    start_template="accounts/profile/mobile.html",
    code_template="accounts/profile/mobile_code.html",
    steps=(_("New number"), _("Code")),
    finish=_take_number,
)


@sensitive_post_parameters("password")
def mobile(request: ConsoleRequest) -> HttpResponse:
    """Step 1 of a new number: which, and the password."""
    form = MobileForm(typed(request))

    def check() -> None:
        limits.password_checks(request.user.pk)
        check_own_password(actor=request.actor, password=form.cleaned_data["password"])

    return numbers.begin(request, FLOW, form, first=check)


def mobile_code(request: ConsoleRequest) -> HttpResponse:
    """Step 2: the code that the new number received."""
    return numbers.ask_code(request, FLOW)


@require_POST
def mobile_code_send(request: ConsoleRequest) -> HttpResponse:
    """Step 2, again."""
    return numbers.send_again(request, FLOW)


@require_POST
def door_switch(request: ConsoleRequest) -> HttpResponse:
    """Through the other door at once; it is the first choice from now on (S2.2, S2.4)."""
    user = choose_door(actor=request.actor, door=request.POST.get("door", ""))
    response = redirect(home_behind(user, request.account))
    remember_door(response, user.last_door)
    return response


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The pages speak the chosen language; for somebody logged in it is remembered with the login."""
    chosen = request.POST.get("language", "")
    response = redirect(own_address(request, request.POST.get("next", "")) or "accounts:home")
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            choose_language(actor=cast(ConsoleRequest, request).actor, language=chosen)
        remember_language(response, chosen)
    return response
