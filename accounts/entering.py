"""Coming in: the session is begun, what belongs to it is noted, and the person goes where they wanted to go."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Door
from accounts.http import actor_at
from accounts.models import Account, User
from accounts.navigation import address, home_for
from accounts.services.logins import note_login
from config.web import client_address, own_address

DOOR_COOKIE = "door"
YEAR_SECONDS = 31_536_000
AGENT_LENGTH = 200


def wanted(request: HttpRequest) -> str:
    """Where the person was going before the log-in came between (`next`), if that lies on this site beyond it."""
    target = own_address(request, request.POST.get("next", "") or request.GET.get("next", ""))
    return "" if target.startswith(reverse("accounts:login")) else target


def home_behind(user: User, account: Account | None) -> str:
    """The first page behind the person's door (S2.3), for somebody who stands in this account."""
    if found := home_for(user, account):
        return found
    wide = user.last_door == User.Door.MANAGEMENT
    return (address("accounts:member-list") if wide else "") or reverse("accounts:workbench")


def enter(request: HttpRequest, user: User, *, target: str = "", door: str = "") -> HttpResponse:
    """The person is logged in under a new session key, and led on. Door and language are remembered."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    stamp = int(timezone.now().timestamp())
    agent = request.headers.get("User-Agent", "")[:AGENT_LENGTH]
    request.session.update({"address": client_address(request), "agent": agent, "created": stamp, "seen": stamp})
    actor = actor_at(request, Door.CONSOLE, user=user)
    user = note_login(actor=actor, door=door, language=request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
    response = redirect(own_address(request, target) or "accounts:home")
    remember_door(response, user.last_door)
    remember_language(response, user.language)
    return response


def remember_door(response: HttpResponse, door: str) -> None:
    """The log-in form of this browser offers this door first (S2.2)."""
    response.set_cookie(
        DOOR_COOKIE, door, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def remember_language(response: HttpResponse, language: str) -> None:
    """Pages in this browser speak this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
