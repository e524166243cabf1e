"""The message centre (S22). It belongs to the person, whatever account they stand in."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts import reminder
from accounts.forms.messages import MessageFilter
from accounts.http import ConsoleRequest
from accounts.models import Message
from accounts.services.messages import listed_messages, read_message
from config.errors import NotFound
from config.paging import paginate
from config.web import own_address, page


@require_GET
def index(request: ConsoleRequest) -> HttpResponse:
    """Every message that fits the four boxes, newest first."""
    chosen = MessageFilter.of(request.GET)
    messages = listed_messages(user=request.user, reading=chosen.reading, kinds=chosen.kinds)
    context = {"page": paginate(messages, request, order=("-published_at", "-id")), "filter": chosen}
    return page(request, "accounts/messages/list.html", context, part="_rows.html")


@require_GET
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One message, read from now on."""
    message = read_message(user=request.user, message_id=pk)
    return page(request, "accounts/messages/detail.html", {"letter": message})


@require_POST
def close(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The reminder window is closed without reading: the message stays unread."""
    if not Message.objects.for_user(request.user).filter(pk=pk).exists():
        raise NotFound()
    reminder.close(request, pk)
    if request.htmx:
        return HttpResponse()
    return redirect(own_address(request, request.POST.get("next", "")) or "accounts:message-list")
