"""A person's clients: seen, and removed (S20.3, S20.17)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import ConsoleRequest
from config.paging import paginate
from config.web import page
from kiscloud.services.devices import clients_of, remove_device, remove_devices


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    """Each with when it was seen, and until when it needs no password."""
    rows = paginate(clients_of(user=request.user), request, order=("-seen_at", "-id"))
    context = {"page": rows, "now": timezone.now()}
    return page(request, "kiscloud/devices/list.html", context, part="_rows.html")


@require_POST
def remove(request: ConsoleRequest, pk: int) -> HttpResponse:
    """That client has to log in again, and its seats are free."""
    remove_device(actor=request.actor, device_id=pk)
    messages.success(request, _("The client was removed. It needs the password to come back."))
    return redirect("kiscloud:device-list")


@require_POST
def remove_all(request: ConsoleRequest) -> HttpResponse:
    """The same for all of them."""
    count = remove_devices(actor=request.actor)
    told = ngettext("%(count)s client was removed.", "%(count)s clients were removed.", count)
    messages.success(request, told % {"count": count})
    return redirect("kiscloud:device-list")
