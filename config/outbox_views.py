"""The pages of the development outbox. `config.urls` knows them only while DEBUG is on."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from config import outbox
from config.csp import csp_override
from config.web import page

SHOWN_MAX = 100
# A letter is somebody's HTML: shown in a frame that runs and fetches nothing and opens its links in the whole window.
LETTER_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-top-navigation-by-user-activation", "allow-popups", "allow-popups-to-escape-sandbox"],
}
FRAME_POLICY = {**settings.SECURE_CSP, "frame-src": ["'self'"]}


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Letters and texts, newest first, of one address or number where asked."""
    wanted = request.GET.get("to", "").strip()
    found = [item for item in outbox.items() if wanted in item.to][:SHOWN_MAX]
    context = {"mails": [i for i in found if i.channel == "mail"], "texts": [i for i in found if i.channel == "sms"]}
    return page(request, "dev/outbox.html", {**context, "wanted": wanted, "any": bool(found)})


@login_not_required
@require_GET
@csp_override(FRAME_POLICY)
def item(request: HttpRequest, key: str) -> HttpResponse:
    """One letter or text, with its links ready to be opened."""
    found = _found(key)
    return page(request, "dev/outbox_item.html", {"item": found})


@login_not_required
@require_GET
@xframe_options_sameorigin
@csp_override(LETTER_POLICY)
def letter(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001
    """The HTML of a letter, for the frame of its page and for nothing else."""
    return HttpResponse('<!doctype html><base target="_top">' + _found(key).html)


def _found(key: str) -> outbox.Item:
    found = outbox.read(key)
    if found is None:
        raise Http404
    return found
