"""A tenant's keys: where they stand, shown once after a code, renewed after a code (I5.2, Q-28)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempt import attempt
from accounts.clearance import needs_code
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode
from accounts.permissions import Right
from config.web import page
from invoicing.models import Credential, Tenant
from invoicing.services.credentials import Keys, ShownAlready, renew_credential, show_credential
from invoicing.services.tenants import tenant_of

Act = Callable[[], tuple[Credential, Keys]]
PURPOSE = OneTimeCode.Purpose.SHOW_CREDENTIALS


def own_tenant(request: ConsoleRequest, *, pk: int, **_kwargs: object) -> str:
    """Binds a code to the tenant of the address; 404 for a tenant of somebody else, before any code is asked for."""
    return f"tenant:{tenant_of(account=request.account, tenant_id=pk).pk}"


@require_safe
@needs(Right.MANAGE_INVOICES)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The client id, and what can be done about the secrets; not the secrets."""
    tenant = tenant_of(account=request.account, tenant_id=pk)
    context = {
        "tenant": tenant,
        "credential": Credential.objects.filter(tenant=tenant).first(),
        "now": timezone.now(),
        "address": f"{settings.SITE_URL}/open/",
    }
    return page(request, "invoicing/credentials/detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
@needs_code(PURPOSE, own_tenant)
def show(request: ConsoleRequest, pk: int) -> HttpResponse:
    """They stand in this one answer and nowhere else, so the answer is no redirect."""
    tenant = tenant_of(account=request.account, tenant_id=pk)
    credential = Credential.objects.filter(tenant=tenant).first()
    if credential is not None and credential.shown_at is not None:
        raise ShownAlready(day=timezone.localtime(credential.shown_at).date())
    act: Act = lambda: show_credential(actor=request.actor, tenant_id=pk)  # noqa: E731
    return _once(request, tenant, act, "invoicing/credentials/show.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
@needs_code(PURPOSE, own_tenant)
def renew(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Says what will follow; confirmed, there are new ones, in this one answer."""
    tenant = tenant_of(account=request.account, tenant_id=pk)
    return _once(
        request,
        tenant,
        lambda: renew_credential(actor=request.actor, tenant_id=pk),
        "invoicing/credentials/renew.html",
    )


@sensitive_variables("keys", "tried")
def _once(request: ConsoleRequest, tenant: Tenant, act: Act, asking: str) -> HttpResponse:
    form = Confirmation(typed(request))
    tried = attempt(request, form, act)
    if tried.result is None:
        return page(request, asking, {"form": form, "tenant": tenant}, status=tried.status)
    credential, keys = tried.result
    context = {"tenant": tenant, "credential": credential, "keys": keys, "address": f"{settings.SITE_URL}/open/"}
    return page(request, "invoicing/credentials/shown.html", context)
