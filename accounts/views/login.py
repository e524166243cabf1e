"""Coming in and going out (S2.1, S2.2)."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth import logout as end_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.attempt import attempt
from accounts.backends import counted_name, login_name
from accounts.entering import DOOR_COOKIE, enter, remember_door, wanted
from accounts.forms.base import typed
from accounts.forms.login import LoginForm
from accounts.models import User
from accounts.navigation import address
from config.errors import DomainError
from config.web import client_address, page


class WrongLogin(DomainError):
    """One answer for an unknown name, a wrong password, a disabled login and one that waits for its password."""

    code = "wrong_login"
    status = 422
    sentence = _(
        "This name and password do not belong together. If somebody added you and you have no password yet, or you "
        "forgot it, set one with “Forgot password”."
    )


@login_not_required
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """The log-in form; the right name and password lead to where the person was going, or home through the door."""
    if request.user.is_authenticated:
        return redirect(wanted(request) or "accounts:home")
    form = LoginForm(typed(request), initial=_initial(request))
    tried = attempt(request, form, lambda: _let_in(request, form))
    if tried.result is not None:
        return tried.result
    help_ = {"help_url": address("kiscloud:help"), "outside": settings.HELP_ADDRESSES}
    context = {"form": form, "next": wanted(request), **help_}
    return page(request, "accounts/login/login.html", context, status=tried.status)


def _let_in(request: HttpRequest, form: LoginForm) -> HttpResponse:
    name = login_name(form.cleaned_data["identifier"])
    counted = counted_name(name)
    limits.logins(counted, client_address(request))
    user = authenticate(request, username=name, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        raise WrongLogin()
    limits.logins_passed(counted)
    return enter(request, user, target=wanted(request), door=form.cleaned_data["door"])


def _initial(request: HttpRequest) -> dict[str, str]:
    door = request.COOKIES.get(DOOR_COOKIE, "")
    known = door if door in User.Door.values else User.Door.WORKBENCH
    return {"door": known, "identifier": request.GET.get("as", "")[:32]}


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Nobody is logged in in this browser; it remembers the door, and whoever logs in next goes on where this was."""
    door = request.user.last_door if isinstance(request.user, User) else ""
    target = wanted(request)
    end_login(request)
    query = f"?{urlencode({'next': target})}" if target else ""
    response = redirect(f"{reverse('accounts:login')}{query}")
    if door:
        remember_door(response, door)
    return response
