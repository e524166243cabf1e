"""Keys of business systems: made, shown once, revoked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.api_keys import ApiKeyForm
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import ApiKey, OneTimeCode
from accounts.permissions import Right
from accounts.services.api_keys import create_key, grantable_scopes, revoke_key
from config.errors import NotFound
from config.paging import paginate
from config.web import page


@require_GET
@needs(Right.MANAGE_KEYS)
def index(request: ConsoleRequest) -> HttpResponse:
    """Every key that the account ever had, the newest first."""
    keys = request.account.api_keys.select_related("created_by")
    context = {"page": paginate(keys, request, order=("-pk",)), "now": timezone.now()}
    return page(request, "accounts/api_keys/list.html", context)


@needs(Right.MANAGE_KEYS)
@needs_code(OneTimeCode.Purpose.CREATE_KEY, own_account)
def create(request: ConsoleRequest) -> HttpResponse:
    """A new key. Its secret is in this one answer and nowhere else, so the answer is no redirect."""
    offered = grantable_scopes(actor=request.actor, account=request.account)
    form = ApiKeyForm(typed(request), offered=offered)
    tried = attempt(
        request, form, lambda: create_key(actor=request.actor, account=request.account, **form.cleaned_data)
    )
    if tried.result is not None:
        key, secret = tried.result
        return page(request, "accounts/api_keys/created.html", {"key": key, "secret": secret})
    return page(request, "accounts/api_keys/create.html", {"form": form}, status=tried.status)


@needs(Right.MANAGE_KEYS)
def revoke(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the key stops working at once."""
    key = _key(request, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: revoke_key(actor=request.actor, account=request.account, key_id=pk))
    if tried.done:
        messages.success(request, _("The key “%(name)s” no longer works.") % {"name": key.name})
        return redirect("accounts:api-key-list")
    return page(request, "accounts/api_keys/revoke.html", {"form": form, "key": key}, status=tried.status)


def _key(request: ConsoleRequest, pk: int) -> ApiKey:
    key = request.account.api_keys.filter(pk=pk).first()
    if key is None:
        raise NotFound()
    return key
