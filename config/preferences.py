"""How a person likes the pages drawn. Kept in a cookie: it is about the screen, not about the account."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from config.web import THEME_COOKIE, THEMES, own_address

YEAR_SECONDS = 31_536_000


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """The chosen theme is remembered for a year, and the person is back where they were."""
    response = redirect(own_address(request, request.POST.get("next", "")) or "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response
