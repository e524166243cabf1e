"""Adding an enterprise to a tenant: found by its name, compared by a person, bound to one tenant only (I3)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits, navigation
from accounts.attempt import attempt
from accounts.company_search import companies_for, looked_up
from accounts.forms.base import show, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import DomainError
from config.web import page
from invoicing.forms.taxpayers import TaxpayerForm
from invoicing.look_alikes import Alike
from invoicing.models import CloudOrder, Tenant
from invoicing.services.taxpayers import BoundElsewhere, LooksAlike, add_taxpayer, meant_instead
from invoicing.services.tenants import tenant_of

FILLED = ("name", "tax_number", "legal_representative", "address")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def add(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The form; what is known otherwise stands beside it until somebody has compared the two."""
    tenant = tenant_of(account=request.account, tenant_id=pk)
    form = TaxpayerForm(typed(request), initial={name: request.GET.get(name, "")[:200] for name in FILLED})
    refusals: list[DomainError] = []

    def shown(bound: forms.BaseForm, error: DomainError) -> int:
        refusals.append(error)
        return show(bound, error)

    asked: dict[str, Any] = {"actor": request.actor, "account": request.account, "tenant_id": pk}
    if request.method == "POST":
        limits.registry_searches(request.user.pk)
    tried = attempt(request, form, lambda: add_taxpayer(**asked, **form.asked), shown=shown)
    order = _order(request)
    if tried.result is not None:
        messages.success(request, _("%(name)s belongs to the tenant now.") % {"name": tried.result.name})
        return redirect("invoicing:entitlement-assign", order.pk) if order else redirect("invoicing:tenant-detail", pk)
    error = refusals[0] if refusals else None
    context: dict[str, Any] = {
        "form": form,
        "tenant": tenant,
        "order": order,
        "alike": _alike(request, form, error),
        "after_sales": _after_sales(error, tenant),
        **looked_up(request),
    }
    return page(request, "invoicing/taxpayers/add.html", context, status=tried.status)


@require_safe
@needs(Right.MANAGE_INVOICES)
def search(request: ConsoleRequest) -> HttpResponse:
    """The companies that the typed text may mean, as a part of the form; a bookmark of it leads home."""
    if not request.htmx:
        return redirect("invoicing:cloud-home")
    return page(request, "invoicing/taxpayers/add.html", companies_for(request, "name"), part="_companies.html")


def _order(request: ConsoleRequest) -> CloudOrder | None:
    """The order that the person was assigning, to go back to."""
    wanted = request.GET.get("order", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        return None
    return CloudOrder.objects.filter(account=request.account, pk=int(wanted)).first()


def _alike(request: ConsoleRequest, form: TaxpayerForm, error: DomainError | None) -> Sequence[Alike]:
    """What must be compared: the doubts of the service, or what a number that is none may have been meant as."""
    if isinstance(error, LooksAlike):
        return error.found
    if form.is_bound and "tax_number" in form.errors and error is None:
        typed_in = form.data.get("name", "")[:120], form.data.get("tax_number", "")[:40]
        return meant_instead(account=request.account, name=typed_in[0], tax_number=typed_in[1])
    return []


def _after_sales(error: DomainError | None, tenant: Tenant) -> str:
    """Where one asks for an enterprise to be moved here (I3.4)."""
    address = navigation.address("invoicing:change-add")
    if not isinstance(error, BoundElsewhere) or not address:
        return ""
    asked = {"kind": "move", "tax_number": error.taxpayer.tax_number, "to": str(tenant.pk)}
    return f"{address}?{urlencode(asked)}"
