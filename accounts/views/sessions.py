"""A person's log-ins: seen, and ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.agents import icon_for, in_words
from accounts.http import ConsoleRequest
from accounts.services.logins import end_other_sessions, end_session, open_sessions
from config.web import page


@require_GET
def index(request: ConsoleRequest) -> HttpResponse:
    """Where the person is logged in, this browser first."""
    found = open_sessions(user=request.user, current_key=request.session.session_key)
    rows = [
        {"open": session, "browser": in_words(session.row.agent), "icon": icon_for(session.row.agent)}
        for session in found
    ]
    return page(request, "accounts/sessions/list.html", {"rows": rows, "others": len(rows) > 1})


@require_POST
def end(request: ConsoleRequest, handle: str) -> HttpResponse:
    """That browser has to log in again; ending one's own is logging out."""
    end_session(actor=request.actor, handle=handle)
    messages.success(request, _("That log-in has ended."))
    return redirect("accounts:session-list")


@require_POST
def end_others(request: ConsoleRequest) -> HttpResponse:
    """Only this browser stays logged in."""
    ended = end_other_sessions(actor=request.actor, keep=request.session.session_key or "")
    told = ngettext("%(count)s other log-in has ended.", "%(count)s other log-ins have ended.", ended)
    messages.success(request, told % {"count": ended})
    return redirect("accounts:session-list")
