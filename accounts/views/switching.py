"""Changing the account that one works in (K12.6)."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import ConsoleRequest
from accounts.middleware import ACCOUNT_KEY, THROUGH_KEY
from accounts.models import Account
from config.errors import NotFound
from config.web import own_address

NUMBER = re.compile(r"[0-9]{1,18}")


@require_POST
def switch(request: ConsoleRequest) -> HttpResponse:
    """The person stands in another account that they operate, and has left any member's console."""
    wanted = request.POST.get("account", "")
    pk = int(wanted) if NUMBER.fullmatch(wanted) else 0
    account = Account.objects.operated_by(request.user).filter(pk=pk).first()
    if account is None:
        raise NotFound()
    request.session[ACCOUNT_KEY] = account.pk
    request.session.pop(THROUGH_KEY, None)
    messages.success(request, _("You are now working in %(name)s.") % {"name": account.name})
    return redirect(own_address(request, request.POST.get("next", "")) or "accounts:home")
