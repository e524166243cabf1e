"""The short link: shows the question to whoever holds it, and takes the answer of whoever may give it (K4.6–K4.11).

Opening changes nothing, because mail programs open links by themselves; accepting and refusing are POSTs of their own.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits, navigation
from accounts.forms.answers import AcceptForm
from accounts.http import ConsoleRequest
from accounts.links import find_link
from accounts.models import ShortLink
from accounts.services.invitations import ask_for_another, note_opening
from accounts.views import answering
from accounts.visitors import meet
from config.errors import TooMany
from config.web import client_address, page

OPENED_KEY = "opened_links"
OPENED_MAX = 50
LinkView = Callable[[ConsoleRequest, str, ShortLink], HttpResponse]


def by_link(view: LinkView) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view gets the link that the token means. Without one there is a page that helps on, and nothing else."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        limits.link_opens(client_address(request))
        link = find_link(token)
        if link is None:
            response = page(request, "accounts/answers/unknown.html", status=404)
        else:
            response = view(cast("ConsoleRequest", request), token, link)
        # The path is the key and must not leave. Under "no-referrer" browsers hide the origin of our own forms as
        # well, and these would be refused as forged; under this one the origin is all that any request carries.
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return opened


@require_safe
@by_link
def show_question(request: ConsoleRequest, token: str, link: ShortLink) -> HttpResponse:
    """Who asks, for what, until when; and what this visitor can do about it."""
    seen: list[int] = request.session.get(OPENED_KEY, [])
    if request.method == "GET" and link.pk not in seen and link.revoked_at is None:
        note_opening(invitation_id=link.invitation_id, link_id=link.pk)
        request.session[OPENED_KEY] = [*seen, link.pk][-OPENED_MAX:]
    return _show(request, token)


@require_POST
@by_link
def accept_link(request: ConsoleRequest, token: str, link: ShortLink) -> HttpResponse:
    """The relationship is established, or the change in force (K4.7); the member reads at once what others see."""
    if not request.user.is_authenticated:
        return redirect_to_login(_address(token))
    if link.revoked_at is not None:
        return _show(request, token, status=409)
    question = meet(link.invitation, actor=request.actor)
    return answering.accept(request, question, partial(_show, request, token))


@require_POST
@by_link
def refuse_link(request: ConsoleRequest, token: str, link: ShortLink) -> HttpResponse:
    """Nothing is established, or the old permissions stay (K4.10)."""
    if not request.user.is_authenticated:
        return redirect_to_login(_address(token))
    if link.revoked_at is not None:
        return _show(request, token, status=409)
    question = meet(link.invitation, actor=request.actor)
    return answering.refuse(request, question, partial(_show, request, token), onward=_address(token))


@require_POST
@by_link
def ask_again(request: ConsoleRequest, token: str, link: ShortLink) -> HttpResponse:
    """The sender hears that a new invitation is wanted; nobody need log in for that."""
    try:
        ask_for_another(invitation_id=link.invitation_id, address=client_address(request))
        messages.success(request, _("The account that invited you has been told that you want a new invitation."))
    except TooMany:
        messages.info(request, _("The account that invited you was already told today. Please wait for its answer."))
    return redirect(_address(token))


def _address(token: str) -> str:
    return reverse("accounts:link-open", args=[token])


def _show(request: ConsoleRequest, token: str, *, form: AcceptForm | None = None, status: int = 200) -> HttpResponse:
    link = find_link(token)
    if link is None:
        return page(request, "accounts/answers/unknown.html", status=404)
    question = meet(link.invitation, actor=request.actor)
    back = urlencode({"next": _address(token)})
    context = {
        "question": question,
        "replaced": link.revoked_at if question.is_open else None,
        "form": form or AcceptForm(invitation=link.invitation),
        "token": token,
        "next": _address(token),
        "login_url": f"{reverse('accounts:login')}?{back}",
        "register_url": f"{reverse('accounts:register')}?{back}",
        "switch_url": navigation.address("accounts:account-switch"),
        "logout_url": navigation.address("accounts:logout"),
    }
    return page(request, "accounts/answers/link.html", context, status=status)
