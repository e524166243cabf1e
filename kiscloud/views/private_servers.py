"""Private clouds of a company: their ids, their addresses, new codes (S21.2, S24.9)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.web import page
from kiscloud.forms.private_servers import ServerForm
from kiscloud.models import PrivateServer
from kiscloud.services.private_servers import register_server, revoke_server, servers_of
from kiscloud.views.doors import company_of, frame, subscription_of

TAB = "private"


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Each product that may have one, with its server."""
    company = company_of(request, pk)
    servers = servers_of(company=company)
    products = company.subscriptions.listed().filter(expires_at__isnull=False).order_by("pk")
    rows = [(product, servers.get(product.pk)) for product in products]
    return page(request, "kiscloud/private_servers/list.html", {**frame(company, here=TAB), "rows": rows})


@require_http_methods(["GET", "POST"])
def register(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The server has its id and a new code. The code is in this one answer, so the answer is no redirect."""
    product = subscription_of(request, pk)
    known = PrivateServer.objects.filter(subscription=product).first()
    initial = {"reach": known.reach, "endpoint": known.endpoint} if known else None
    form = ServerForm(typed(request), initial=initial)
    tried = attempt(
        request, form, lambda: register_server(actor=request.actor, subscription_id=pk, **form.cleaned_data)
    )
    context = {**frame(product.company, here=TAB), "product": product, "known": known, "form": form}
    if tried.result is not None:
        server, code = tried.result
        return page(request, "kiscloud/private_servers/registered.html", {**context, "server": server, "code": code})
    return page(request, "kiscloud/private_servers/register.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
def revoke(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the code opens nothing any more."""
    product = subscription_of(request, pk)
    server = PrivateServer.objects.filter(subscription=product, revoked_at=None).first()
    if server is None:
        raise NotFound()
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: revoke_server(actor=request.actor, subscription_id=pk))
    if tried.done:
        messages.success(request, _("The code of %(server)s opens nothing any more.") % {"server": server.cloud_id})
        return redirect("kiscloud:private-server-list", product.company_id)
    context = {**frame(product.company, here=TAB), "product": product, "server": server, "form": form}
    return page(request, "kiscloud/private_servers/revoke.html", context, status=tried.status)
