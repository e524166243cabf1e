"""Changing to another set (S19.3)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import ConsoleRequest
from kiscloud.services.workbench import choose_set


@require_POST
def choose(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The set is the one at hand from now on."""
    chosen = choose_set(user=request.user, set_id=pk)
    messages.success(request, _("You are in “%(set)s” now.") % {"set": chosen.account_set.name})
    return redirect("accounts:workbench")
