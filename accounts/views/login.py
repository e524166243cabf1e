"""Coming in and going out (S2.1, S2.2)."""

from django.conf import settings
from django.contrib.auth import logout as end_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.attempt import attempt
from accounts.credentials import person_by_password
from accounts.entering import DOOR_COOKIE, enter, remember_door, wanted
from accounts.forms.base import typed
from accounts.forms.login import LoginForm
from accounts.models import User
from accounts.navigation import address
from config.web import page


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
    links = {"help_url": address("kiscloud:help"), "downloads_url": address("kiscloud:downloads")}
    context = {"form": form, "next": wanted(request), "outside": settings.HELP_ADDRESSES, **links}
    return page(request, "accounts/login/login.html", context, status=tried.status)


def _let_in(request: HttpRequest, form: LoginForm) -> HttpResponse:
    typed_in = form.cleaned_data
    user = person_by_password(request, identifier=typed_in["identifier"], password=typed_in["password"])
    return enter(request, user, target=wanted(request), door=typed_in["door"])


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
