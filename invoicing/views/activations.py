"""The activation letter's link: asks for the key, then for the business system (I2).

Opening the link changes nothing, for mail programs open links by themselves. The right key is remembered in this
browser; what follows takes a logged-in operator of the ordering account besides.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.http import ConsoleRequest
from accounts.models import Operator
from accounts.permissions import RIGHTS, Right
from config.errors import NotFound
from config.web import client_address, page
from invoicing.forms.activations import ActivationForm, KeyForm
from invoicing.models import CloudOrder
from invoicing.services.activations import KeyNeeded, activate_order, check_key, find_activation, is_open
from invoicing.services.cloud_orders import company_of
from invoicing.services.tenants import tenants_of

PROOFS = "activations"  # in the session: which orders' keys were given, by number
PROOFS_MOST = 20
State = CloudOrder.State


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for the operation key; the right one leads on (I2.1)."""
    limits.link_opens(client_address(request))
    response = _enter(request, token)
    # The path is half of what opens the order; see the invitations' links.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _enter(request: HttpRequest, token: str) -> HttpResponse:
    order = find_activation(token=token)
    if order is None:
        return page(request, "invoicing/activations/unknown.html", status=404)
    if order.state != State.DELIVERED:
        return page(request, "invoicing/activations/over.html", {"order": order})
    form = KeyForm(typed(request))
    tried = attempt(request, form, lambda: check_key(token=token, key=form.cleaned_data["key"]))
    if tried.result is None:
        context = {"form": form, "order": order}
        return page(request, "invoicing/activations/key.html", context, status=tried.status)
    _remember(request, order, tried.result)
    onward = reverse("invoicing:cloud-order-activate", args=[order.pk])
    return redirect(onward) if request.user.is_authenticated else redirect_to_login(onward)


def _remember(request: HttpRequest, order: CloudOrder, proof: str) -> None:
    kept: dict[str, str] = request.session.get(PROOFS, {})
    kept.pop(str(order.pk), None)
    request.session[PROOFS] = dict([*kept.items(), (str(order.pk), proof)][-PROOFS_MOST:])


@require_http_methods(["GET", "POST"])
def choose(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The business system and the tenant; confirmed, the order is in use (I2.2, I2.3)."""
    rows = CloudOrder.objects.select_related("account__enterprise", "package__product", "tenant")
    order = rows.filter(pk=pk).first()
    if order is None:
        raise NotFound()
    here = request.account == order.account
    if order.state == State.ACTIVATED and here and rights_of(request.actor, order.account):
        return redirect("invoicing:cloud-order-detail", pk)
    proof: str = request.session.get(PROOFS, {}).get(str(pk), "")
    if not is_open(order=order, proof=proof):
        raise KeyNeeded() if rights_of(request.actor, order.account) else NotFound()
    if not here or Right.MANAGE_INVOICES not in rights_of(request.actor, order.account):
        return _elsewhere(request, order)
    return _choose(request, order, proof)


def _choose(request: ConsoleRequest, order: CloudOrder, proof: str) -> HttpResponse:
    tenants = list(tenants_of(account=request.account))
    first = {"tenant": tenants[0].pk, "erp": tenants[0].erp} if tenants else {"name": company_of(account=order.account)}
    form = ActivationForm(typed(request), tenants=tenants, initial=first)
    asked: dict[str, Any] = {"actor": request.actor, "account": request.account, "order_id": order.pk, "proof": proof}
    tried = attempt(request, form, lambda: activate_order(**asked, **form.asked))
    if tried.result is not None:
        messages.success(request, _("The order is activated. Go on: assign it to your tax numbers."))
        return redirect("invoicing:cloud-order-detail", order.pk)
    return page(request, "invoicing/activations/choose.html", {"form": form, "order": order}, status=tried.status)


def _elsewhere(request: ConsoleRequest, order: CloudOrder) -> HttpResponse:
    """The key is right, but this person stands elsewhere, or may not act for the ordering account."""
    role = Operator.objects.filter(account=order.account, user=request.user).values_list("role", flat=True).first()
    context = {
        "order": order,
        "known": role is not None,
        "may_switch": role is not None and Right.MANAGE_INVOICES in RIGHTS[role],
        "next": request.path,
    }
    return page(
        request, "invoicing/activations/elsewhere.html", context, status=200 if request.method == "GET" else 403
    )
