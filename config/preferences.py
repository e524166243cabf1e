"""How a person likes the pages drawn. Kept in cookies: it is about the screen, not about the account."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from config.web import THEME_COOKIE, THEMES

YEAR_SECONDS = 31_536_000
# Strangers choose their language, too: before they log in, and on the page behind a link that they were sent.
set_language = login_not_required(django_set_language)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """The chosen theme is remembered for a year, and the person is back where they were."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = redirect(target if safe else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response
