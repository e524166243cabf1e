"""Rights of tax numbers: assigned, undone, looked up with their use (I4, I6)."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.credit_code import normalise
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from invoicing.entitlement_reports import rows_of, seen_by, standing, standing_of, totals_of, uses_by_day
from invoicing.forms.entitlements import AssignForm, EntitlementFilter
from invoicing.models import CloudOrder, Credential, Entitlement, EntitlementUse, Taxpayer
from invoicing.models.entitlement import EntitlementQuerySet
from invoicing.services.entitlements import NotActivated, assign, room_of, undo
from invoicing.services.tenants import tenants_of
from invoicing.views.cloud_orders import own_order

MOST = 200  # enterprises on one page of ticks
USES = 20  # a page, below the picture


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def assign_order(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Ticks the tax numbers that shall use what the order gives (I4.1, I4.2)."""
    order = own_order(request, pk)
    if order.state != CloudOrder.State.ACTIVATED or order.tenant is None:
        raise NotActivated(state=order.get_state_display())
    taxpayers = list(Taxpayer.objects.bound().filter(tenant=order.tenant).order_by("name", "pk")[:MOST])
    held = set(Entitlement.objects.filter(order=order, ended_at=None).values_list("taxpayer_id", flat=True))
    free = [one for one in taxpayers if one.pk not in held]
    form = AssignForm(typed(request), offered=free)
    tried = attempt(
        request,
        form,
        lambda: assign(
            actor=request.actor,
            account=request.account,
            order_id=pk,
            taxpayer_ids=form.cleaned_data["taxpayers"],
            warned=form.cleaned_data["warned"],
        ),
    )
    if tried.result is not None:
        count = len(tried.result)
        done = ngettext("%(count)s tax number has it now.", "%(count)s tax numbers have it now.", count)
        messages.success(request, done % {"count": count})
        return redirect("invoicing:entitlement-result", pk)
    context = {
        "order": order,
        "form": form,
        "room": room_of(order=order),
        "rows": [(one, one.pk in held, str(one.pk) in form.ticked) for one in taxpayers],
        "free": len(free),
    }
    return page(request, "invoicing/entitlements/assign.html", context, status=tried.status)


@require_safe
@needs(Right.SEE_FINANCE)
def result(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Which tax numbers have the order, what was sent, and where the keys are (I4.3, I5)."""
    order, now = own_order(request, pk), timezone.now()
    held = Entitlement.objects.filter(order=order, ended_at=None).select_related("taxpayer").order_by("-pk")
    context = {
        "order": order,
        "rows": rows_of(held[:MOST], now),
        "room": room_of(order=order),
        "credential": Credential.objects.filter(tenant=order.tenant_id).first() if order.tenant_id else None,
        "can_act": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/entitlements/result.html", context)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def undo_assignment(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the place in the order is free again (C10)."""
    entitlement = get_object_or_404(seen_by(request.account), pk=pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: undo(actor=request.actor, account=request.account, entitlement_id=pk))
    if tried.done:
        name = {"name": entitlement.taxpayer.name}
        messages.success(request, _("%(name)s does not have it any more; its place in the order is free again.") % name)
        return redirect("invoicing:cloud-order-detail", entitlement.order_id)
    context = {"form": form, "entitlement": entitlement}
    return page(request, "invoicing/entitlements/undo.html", context, status=tried.status)


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Which rights a tenant or a tax number has, and how much of them is left (I6.1, I7.1)."""
    now, tenants = timezone.now(), list(tenants_of(account=request.account))
    filters = EntitlementFilter(request.GET, tenants=tenants)
    found = _narrowed(seen_by(request.account), filters)
    rows = paginate(found, request, order=("-id",))
    context = {
        "filter": filters,
        "page": rows,
        "rows": rows_of(rows, now),
        "totals": totals_of(found, now),
        "narrowed": bool(filters.asked),
        "tenants": tenants,
    }
    return page(request, "invoicing/entitlements/list.html", context, part="_rows.html")


def _narrowed(found: EntitlementQuerySet, filters: EntitlementFilter) -> EntitlementQuerySet:
    asked = filters.asked
    if words := asked.get("q"):
        number = Q(taxpayer__tax_number__startswith=normalise(words))
        found = found.filter(number | Q(taxpayer__name__icontains=words))
    if tenant := asked.get("tenant"):
        found = found.filter(taxpayer__tenant=tenant)
    if service := asked.get("service"):
        found = found.filter(service=service)
    return standing(found, asked.get("standing", ""), timezone.now())


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One right with its use, day by day and one by one."""
    entitlement, now = get_object_or_404(seen_by(request.account), pk=pk), timezone.now()
    [row] = rows_of([entitlement], now)
    context = {
        "row": row,
        "entitlement": entitlement,
        "standing": standing_of(entitlement, now),
        "by_day": uses_by_day(entitlement, now),
        "page": paginate(EntitlementUse.objects.filter(entitlement=entitlement), request, order=("-id",), size=USES),
        "can_act": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/entitlements/detail.html", context, part="_uses.html")
